import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import type { State, Wishes } from './state.js';

/** @throws CliError when the folder holds models that were made otherwise than is asked for now */
export function requireSameWishes(state: State, wishes: Wishes, out: string): void {
  const text = (value: Wishes): string => JSON.stringify(Object.entries(value).sort());
  if (state.files.length === 0) state.wishes = wishes;
  if (text(state.wishes) === text(wishes)) return;
  const before =
    Object.entries(state.wishes)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ') || 'the defaults';
  throw new CliError(exitCodes.usage, `${out} holds models made with other settings (${before}).`, {
    hint: 'Give the same settings to go on, or another --out for the new ones.',
  });
}
