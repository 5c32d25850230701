import { Failure } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import commonLua from './scripts/common.lua';
import governorLua from './scripts/governor.lua';
import moneyLua from './scripts/money.lua';
import settleLua from './scripts/settle.lua';

export interface Script {
  readonly name: string;
  readonly lua: string;
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
} as const;

/** A script with the helpers it uses in front of it. */
export function defineScript(name: string, body: string, uses: keyof typeof helpers): Script {
  const script = { name: `lua_${name}`, lua: `${helpers[uses]}\n${body}` };
  defined.push(script);
  return script;
}

type Command = (numberOfKeys: number, ...rest: (string | number)[]) => Promise<unknown>;

/**
 * Runs a script by its hash; Redis learns the text at the first call. The one place where a script's reply, which
 * ioredis cannot type, enters: the callers parse it.
 * @throws Failure dependency.redis whatever Redis objects to: it is away, full, or another server took over
 */
export async function runScript(
  client: Redis,
  script: Script,
  keys: string[],
  args: (string | number)[],
): Promise<unknown> {
  const command = (client as unknown as Record<string, Command | undefined>)[script.name];
  if (command === undefined) throw new Error(`this connection does not know the script ${script.name}`);
  try {
    return await command.call(client, keys.length, ...keys, ...args);
  } catch (cause) {
    throw new Failure('dependency', 'a step in Redis failed', { code: 'dependency.redis', cause });
  }
}
