import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import type { Environment } from '../config.js';
import { exitCodes } from '../exit-codes.js';

const profileSchema = z.object({ url: z.string().optional(), key: z.string().optional() });
const configFileSchema = z.object({
  default_profile: z.string().default('default'),
  profiles: z.record(z.string(), profileSchema).default({}),
});
export type ConfigFile = z.output<typeof configFileSchema>;

/** Where the configuration is when --config does not say. */
export const defaultConfigPath = ({ XDG_CONFIG_HOME, HOME }: Environment): string =>
  join(XDG_CONFIG_HOME ?? join(HOME ?? '.', '.config'), 'i2m', 'config.json');

/** @returns the configuration; empty when there is no file. @throws CliError when it cannot be read */
export function readConfigFile(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return configFileSchema.parse({});
    throw unreadable(path, error);
  }
  try {
    return configFileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(path, error);
  }
}

const unreadable = (path: string, cause: unknown): CliError =>
  new CliError(exitCodes.usage, `The configuration ${path} cannot be read.`, {
    hint: 'It is JSON: {"profiles": {"default": {"url": "https://…", "key": "i2m_…"}}}. `i2m config set` writes it.',
    cause,
  });

/** Replaces the configuration in one step; it holds keys, so only its owner may read it. */
export function writeConfigFile(path: string, config: ConfigFile): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}

/** Whether others on this machine can read the file. */
export function isReadableByOthers(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && process.platform !== 'win32' && (stat.mode & 0o044) !== 0;
}
