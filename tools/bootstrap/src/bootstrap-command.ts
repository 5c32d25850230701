import { InvalidConfig, loadConfig, tlsProblems } from '@image2model/service-kit';
import { brokerAccounts, deployLogin, redisAccounts } from './accounts.js';
import { applyRights } from './apply-rights.js';
import { configSchema, contradictionsIn, type BootstrapConfig } from './config.js';
import { readFlags, usage, UsageError, type Flags } from './flags.js';
import { rabbitmqDefinitions } from './print/rabbitmq-definitions.js';
import { redisAcl } from './print/redis-acl.js';

/** As sysexits.h has them. */
const exitCodes = { ok: 0, failed: 1, usage: 64, config: 78 } as const;

export interface Output {
  /** A line for people, to stdout. */
  say(line: string): void;
  /** A line about what went wrong, to stderr. */
  complain(line: string): void;
}

/** The whole command. Never rejects. @returns the exit code */
export async function bootstrapCommand(args: readonly string[], { say, complain }: Output): Promise<number> {
  try {
    const flags = readFlags(args);
    if (flags === null) {
      say(usage);
      return exitCodes.ok;
    }
    const config = readConfig();
    if (flags.print !== null) {
      say(printed(config, flags.print).trimEnd());
      return exitCodes.ok;
    }
    return await apply(config, flags, say);
  } catch (error) {
    if (error instanceof InvalidConfig) {
      for (const problem of error.problems) complain(problem);
      return exitCodes.config;
    }
    complain(error instanceof Error ? error.message : String(error));
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}

async function apply(config: BootstrapConfig, flags: Flags, say: Output['say']): Promise<number> {
  const { mode } = flags;
  if (mode === 'print') return exitCodes.ok;
  const differing = await applyRights(config, { ...flags, mode }, say);
  const things = differing === 1 ? 'thing' : 'things';
  if (mode === 'apply') say(differing === 0 ? 'all as it should be' : `${differing} ${things} changed`);
  else say(differing === 0 ? 'all as it should be' : `${differing} ${things} differ`);
  return mode === 'check' && differing > 0 ? exitCodes.failed : exitCodes.ok;
}

/** @throws InvalidConfig with all problems at once */
function readConfig(): BootstrapConfig {
  const config = loadConfig(configSchema);
  const problems = [...contradictionsIn(config), ...tlsProblems(config)];
  if (problems.length > 0) throw new InvalidConfig(problems);
  return config;
}

const printed = (config: BootstrapConfig, what: NonNullable<Flags['print']>): string =>
  what === 'redis-acl'
    ? redisAcl(redisAccounts(config))
    : rabbitmqDefinitions(deployLogin(config).vhost, brokerAccounts(config));
