import { createApiClient, type ApiClient } from './api/api-client.js';
import { findConnection, type ConnectionFlags } from './api/find-connection.js';
import { opsApi, type OpsApi } from './api/ops-api.js';
import { batchesApi, type BatchesApi } from './api/batches-api.js';
import { CliError } from './cli-error.js';
import type { Environment } from './config.js';
import { exitCodes } from './exit-codes.js';
import { openTerminal, type Terminal } from './output/terminal.js';
import { askYes } from './output/ask-yes.js';
import { version } from './version.js';

/** The flags that every command has. */
export interface CommonFlags extends ConnectionFlags {
  json?: boolean | undefined;
  yes?: boolean | undefined;
}

/** What a command works with. */
export interface Context {
  readonly environment: Environment;
  readonly flags: CommonFlags;
  readonly terminal: Terminal;
  /** @throws CliError when no gateway is known */
  api(): ApiClient;
  batches(): BatchesApi;
  ops(): OpsApi;
  /**
   * Makes sure that something is meant that cannot be taken back: by --confirm or --yes, or by asking who sits there.
   * @throws CliError when it is not
   */
  confirm(what: string, confirmed: boolean | undefined): Promise<void>;
}

export function createContext(environment: Environment, flags: CommonFlags): Context {
  const terminal = openTerminal(environment, flags.json === true);
  let client: ApiClient | undefined;
  const api = (): ApiClient =>
    (client ??= createApiClient(findConnection(flags, environment, terminal.note), version));
  return {
    environment,
    flags,
    terminal,
    api,
    batches: () => batchesApi(api()),
    ops: () => opsApi(api()),
    confirm: async (what, confirmed) => {
      if (confirmed === true || flags.yes === true) return;
      if (terminal.interactive && (await askYes(`${what} This cannot be taken back. Go on?`))) return;
      throw new CliError(exitCodes.usage, `${what} Not done: it was not confirmed.`, {
        code: 'confirm_required',
        hint: 'Add --confirm when you mean it.',
      });
    },
  };
}
