import type { Redis } from 'ioredis';
import commonLua from './scripts/common.lua';
import settleLua from './scripts/settle.lua';

export interface Script {
  readonly name: string;
  readonly lua: string;
}

/** A script with the helpers it uses in front of it. */
export const defineScript = (name: string, body: string, uses: 'none' | 'common' | 'settle'): Script => ({
  name: `i2m_${name}`,
  lua:
    uses === 'none'
      ? body
      : uses === 'common'
        ? `${commonLua}\n${body}`
        : `${commonLua}\n${settleLua}\n${body}`,
});

type Command = (numberOfKeys: number, ...rest: (string | number)[]) => Promise<unknown>;

/**
 * Runs a script by its hash; Redis learns the text at the first call. The one place where a script's reply, which
 * ioredis cannot type, enters: the callers parse it.
 */
export function runScript(
  client: Redis,
  script: Script,
  keys: string[],
  args: (string | number)[],
): Promise<unknown> {
  const commands = client as unknown as Record<string, Command | undefined>;
  if (commands[script.name] === undefined) client.defineCommand(script.name, { lua: script.lua });
  const command = commands[script.name];
  if (command === undefined) throw new Error(`script ${script.name} could not be defined`);
  return command.call(client, keys.length, ...keys, ...args);
}
