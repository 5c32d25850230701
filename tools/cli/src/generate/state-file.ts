import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { stateSchema, type State } from './state.js';
import { writeDurably } from './write-durably.js';

/** The memory of a folder: --out/.i2m/state.json. */
export interface StateFile {
  readonly path: string;
  /** @returns null when the folder was not used yet. @throws CliError when it cannot be read */
  load(): State | null;
  /** Durable when it returns. */
  save(state: State): void;
  /** Soon; for what can be found out again. */
  saveSoon(state: State): void;
  close(state: State): void;
}

const soonMs = 2_000;

export function openStateFile(out: string): StateFile {
  const path = join(out, '.i2m', 'state.json');
  let timer: NodeJS.Timeout | undefined;
  const save = (state: State): void => {
    clearTimeout(timer);
    timer = undefined;
    writeDurably(path, JSON.stringify(state));
  };
  return {
    path,
    save,
    load: () => {
      const text = readText(path);
      if (text === null) return null;
      const parsed = stateSchema.safeParse(jsonOf(text));
      if (parsed.success) return parsed.data;
      throw new CliError(exitCodes.usage, `${path} is not a state file of this version.`, {
        hint: 'It says what was sent and paid already. Use another --out, or mend it; without it everything is sent again.',
      });
    },
    saveSoon: (state) => {
      timer ??= setTimeout(() => save(state), soonMs);
    },
    close: (state) => save(state),
  };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // half a file: reported like one of another shape
    return undefined;
  }
}
