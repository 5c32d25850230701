import { allScripts } from '@image2model/progress/parts';
import { Redis } from 'ioredis';

export type Scripts = Record<string, { lua: string }>;

/** A connection with its scripts; many runs share it. */
export interface Connection {
  readonly redis: Redis;
  /** where in ARGV each script takes its clock, from 1; absent when it has none */
  readonly clockAt: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** @param change gives scripts another text (mutants) */
export async function openConnection(
  url: string,
  change: (scripts: Scripts) => Scripts,
): Promise<Connection> {
  const scripts = change(allScripts());
  const clockAt = new Map<string, number>();
  for (const [name, { lua }] of Object.entries(scripts)) {
    const at = /\bclock\(ARGV\[(\d+)\]\)/.exec(lua)?.[1];
    if (at !== undefined) clockAt.set(name, Number(at));
  }
  const redis = new Redis(url, { enableAutoPipelining: true, scripts, lazyConnect: true });
  await redis.connect();
  return {
    redis,
    clockAt,
    close: async () => {
      await redis.quit();
    },
  };
}

type Command = (...args: unknown[]) => Promise<unknown>;

/** The keys that all batches share get one of their own a run, so that runs do not see one another. */
const ownKey = (arg: unknown, batchId: string): unknown =>
  typeof arg === 'string' && arg.startsWith('i2m:') && arg[4] !== '{' ? `${arg}:{${batchId}}` : arg;

/** What one run sends: under its own index keys and its own clock. */
export class RunConnection {
  constructor(
    readonly connection: Connection,
    readonly batchId: string,
    private readonly now: () => number,
    private readonly crashLimit: number,
  ) {}

  send(command: string, args: unknown[]): Promise<unknown> {
    const { redis, clockAt } = this.connection;
    const own = args.map((arg) => ownKey(arg, this.batchId));
    const at = clockAt.get(command);
    if (at !== undefined) {
      const position = Number(own[0]) + at;
      if (own[position] === '') own[position] = String(this.now());
    }
    // the fourth argument of a claim; a lower one makes poison come up often
    if (command === 'lua_claim_files') own[Number(own[0]) + 4] = this.crashLimit;
    const commands = redis as unknown as Record<string, Command>;
    const known = commands[command];
    if (known === undefined) throw new Error(`no Redis command ${command}`);
    return known.apply(redis, own);
  }

  /** A client for libs/progress whose every command goes through `through`. */
  client(
    through: (command: string, send: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>,
  ): Redis {
    const made = new Map<string | symbol, Command>();
    const handler: ProxyHandler<object> = {
      get: (_target, name) => {
        const known = made.get(name);
        if (known !== undefined) return known;
        if (name === 'pipeline') return () => this.connection.redis.pipeline();
        const command = String(name);
        const call: Command = (...args) => through(command, () => this.send(command, args), args);
        made.set(name, call);
        return call;
      },
    };
    return new Proxy({}, handler) as Redis;
  }
}
