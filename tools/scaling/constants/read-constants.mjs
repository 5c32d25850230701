import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { constantsSchema } from './schema.mjs';

/** Where the measured constants of the project are kept. */
export const constantsFile = fileURLToPath(new URL('../constants.json', import.meta.url));

/**
 * @param {string} [file]
 * @returns {import('./schema.mjs').Constants}
 * @throws CommandError 78 when the file is not there or holds something else
 */
export function readConstants(file = constantsFile) {
  const how = 'npm run scale:measure writes it';
  try {
    const read = constantsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (read.success) return read.data;
    throw new CommandError(`${file}: ${z.prettifyError(read.error)}\n${how}.`, exitCodes.config);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`the constants cannot be read: ${why}; ${how}.`, exitCodes.config);
  }
}
