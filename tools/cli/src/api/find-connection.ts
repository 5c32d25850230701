import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import type { Environment } from '../config.js';
import { exitCodes } from '../exit-codes.js';
import { defaultConfigPath, isReadableByOthers, readConfigFile } from './config-file.js';
import { chooseConnection, type Connection, type ConnectionSource } from './connection.js';
import { localSystem } from './local-system.js';

/** The flags that say whom to ask. */
export interface ConnectionFlags {
  url?: string | undefined;
  key?: string | undefined;
  profile?: string | undefined;
  config?: string | undefined;
}

const howTo =
  'Say where it is: --url and --key, or I2M_URL and I2M_API_KEY, or `i2m config set url …`; or start one here with `npm start`.';

/** Flags before environment before file before a running `npm start`. @throws CliError when none knows a gateway */
export function findConnection(
  flags: ConnectionFlags,
  environment: Environment,
  warn: (text: string) => void,
): Connection {
  const path = flags.config ?? defaultConfigPath(environment);
  const file = readConfigFile(path);
  const named = flags.profile ?? environment.I2M_PROFILE;
  const wanted = named ?? file.default_profile;
  const entry = file.profiles[wanted];
  if (named !== undefined && entry === undefined)
    throw new CliError(exitCodes.usage, `There is no profile "${named}" in ${path}.`, {
      hint: `It has: ${Object.keys(file.profiles).join(', ') || 'none'}. Add one: i2m config set url https://… --profile ${named}`,
    });
  if (entry?.key !== undefined && isReadableByOthers(path))
    warn(`Warning: others on this machine can read the key in ${path}. Mend it: chmod 600 ${path}`);
  const profile: ConnectionSource = { name: `profile ${wanted} of ${path}`, ...entry, explicit: false };
  // a profile that a flag names stands above the environment
  const local = localSystem(process.cwd(), join(__dirname, '../../..'));
  const connection = chooseConnection([
    { name: 'flags', url: flags.url, key: flags.key, explicit: true },
    ...(flags.profile === undefined ? [] : [profile]),
    { name: 'environment', url: environment.I2M_URL, key: environment.I2M_API_KEY, explicit: true },
    profile,
    ...(local === null ? [] : [local]),
  ]);
  if (connection === null) throw new CliError(exitCodes.usage, 'No gateway is known.', { hint: howTo });
  if (!URL.canParse(connection.url) || !/^https?:$/.test(new URL(connection.url).protocol))
    throw new CliError(
      exitCodes.usage,
      `The gateway's address (${connection.urlFrom}) is not an http(s) URL.`,
      { hint: howTo },
    );
  return connection;
}
