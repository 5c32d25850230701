import { Failure } from '@image2model/contracts';
import type { Metrics } from '@image2model/service-kit';
import type { Redis } from 'ioredis';
import { durableScripts } from './durable-scripts.js';
import type { Replication } from './replication.js';
import commonLua from './scripts/common.lua';
import deadLettersLua from './scripts/dead-letters.lua';
import governorLua from './scripts/governor.lua';
import moneyLua from './scripts/money.lua';
import settleLua from './scripts/settle.lua';

export interface Script {
  readonly name: string;
  readonly lua: string;
  /** see durable-scripts.ts */
  readonly durable: boolean;
}

const defined: Script[] = [];

/** Every script of this library, as ioredis takes them: a connection must know them all before its first call. */
export const allScripts = (): Record<string, { lua: string }> =>
  Object.fromEntries(defined.map(({ name, lua }) => [name, { lua }]));

const helpers = {
  none: '',
  common: commonLua,
  settle: `${commonLua}\n${settleLua}`,
  money: `${commonLua}\n${moneyLua}`,
  governor: `${commonLua}\n${governorLua}`,
  deadLetters: deadLettersLua,
} as const;

/** A script with the helpers it uses in front of it. */
export function defineScript(name: string, body: string, uses: keyof typeof helpers): Script {
  const durable = durableScripts.has(name);
  const script = { name: `lua_${name}`, lua: `${helpers[uses]}\n${body}`, durable };
  defined.push(script);
  return script;
}

const measured = new WeakMap<Redis, Pick<Metrics, 'observe'>>();

/** From now on each script that this connection runs is measured: from the call to the answer. */
export function measureScripts(client: Redis, metrics: Pick<Metrics, 'observe'>): void {
  measured.set(client, metrics);
}

const replicated = new WeakMap<Redis, Replication>();

/** From now on scripts that must not be lost wait for the replicas of this connection. */
export function replicateScripts(client: Redis, replication: Replication): void {
  replicated.set(client, replication);
}

/** Resolves when replicas have everything that Redis did so far; at once where none are asked for. @throws as Replication.copied */
export const copiedSoFar = async (client: Redis): Promise<void> => replicated.get(client)?.copied();

type Command = (numberOfKeys: number, ...rest: (string | number)[]) => Promise<unknown>;

/**
 * Runs a script by its hash; Redis learns the text at the first call. The one place where a script's reply, which
 * ioredis cannot type, enters: the callers parse it.
 * @throws Failure dependency.redis whatever Redis objects to: it is away, full, or another server took over;
 * dependency.redis_replicas when the script must not be lost, was done, and too few replicas have it
 */
export async function runScript(
  client: Redis,
  script: Script,
  keys: string[],
  args: (string | number)[],
): Promise<unknown> {
  const command = (client as unknown as Record<string, Command | undefined>)[script.name];
  if (command === undefined) throw new Error(`this connection does not know the script ${script.name}`);
  const startedAt = performance.now();
  try {
    const answer = command.call(client, keys.length, ...keys, ...args);
    const [reply] = await Promise.all([answer, script.durable ? copiedSoFar(client) : undefined]);
    const seconds = (performance.now() - startedAt) / 1000;
    measured.get(client)?.observe('redis_script_duration_seconds', { script: script.name.slice(4) }, seconds);
    return reply;
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('dependency', 'a step in Redis failed', { code: 'dependency.redis', cause });
  }
}

/**
 * For scripts that are safe to repeat: once more when Redis failed meanwhile, which leaves open whether it was done. Where
 * another server takes over, that is the end of it: the second call waits for that server.
 * @param run is told whether it was called before
 */
export async function onceMore<T>(run: (before: boolean) => Promise<T>): Promise<T> {
  try {
    return await run(false);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'dependency.redis') throw error;
    return run(true);
  }
}
