import { parseArgs } from 'node:util';
import { z } from 'zod';

/** `apply` makes it so; `check` and `dry-run` only look, and differ in the exit code; `print` writes a file for managed servers. */
export type Mode = 'apply' | 'check' | 'dry-run' | 'print';
export type Printed = 'redis-acl' | 'rabbitmq-definitions';

export interface Flags {
  readonly mode: Mode;
  readonly print: Printed | null;
  /** Servers that are not there yet are waited for so long, s. */
  readonly waitS: number;
}

/** What --help prints. */
export const usage = `node bootstrap.js [flags]

Gives RabbitMQ and Redis what the services need to run with few rights: the virtual host, one user per service
with the rights that it needs, the exchanges and queues (declared by the deploy user), and the Redis users.
May be repeated; what is as it should be is left alone.

  --check       only looks; exit code 1 when something differs
  --dry-run     only looks, and says what it would change; exit code 0
  --print WHAT  writes redis-acl (for users.acl) or rabbitmq-definitions (for load_definitions) to stdout instead,
                for servers that are managed elsewhere; passwords are in it as hashes
  --wait S      how long to wait for servers that are not there yet (default 60)
  --help

The environment says where and who; docs/security.md has the list:
  BOOTSTRAP_AMQP_API_URL, BOOTSTRAP_AMQP_URL, BOOTSTRAP_REDIS_URL, BOOTSTRAP_PASSWORD_<SERVICE>

Exit code 0: as it should be; 1: it could not be done, or --check found a difference; 64: wrong flags;
78: something in the environment is missing or wrong.`;

/** A mistake in the flags: exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const printed = z.enum(['redis-acl', 'rabbitmq-definitions']);
const seconds = z.coerce.number().int().min(0).max(3_600);

/** @returns null when only help was asked for @throws UsageError */
export function readFlags(args: readonly string[]): Flags | null {
  const values = parsed(args);
  if (values.help === true) return null;
  const modes: Mode[] = [
    ...(values.check === true ? ['check' as const] : []),
    ...(values['dry-run'] === true ? ['dry-run' as const] : []),
    ...(values.print === undefined ? [] : ['print' as const]),
  ];
  if (modes.length > 1)
    throw new UsageError(`--${modes.join(' and --')} exclude each other: give one of them`);
  const print = values.print === undefined ? null : printed.safeParse(values.print);
  if (print?.success === false)
    throw new UsageError(`--print ${values.print}: there are ${printed.options.join(' and ')}`);
  const waitS = seconds.safeParse(values.wait ?? '60');
  if (!waitS.success) throw new UsageError(`--wait ${values.wait}: give whole seconds from 0 to 3600`);
  return { mode: modes[0] ?? 'apply', print: print?.data ?? null, waitS: waitS.data };
}

function parsed(args: readonly string[]): {
  check?: boolean;
  'dry-run'?: boolean;
  print?: string;
  wait?: string;
  help?: boolean;
} {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        check: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        print: { type: 'string' },
        wait: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${said.split('. To specify')[0]}\n--help tells what there is.`);
  }
}
