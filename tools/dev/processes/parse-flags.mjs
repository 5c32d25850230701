import { parseArgs } from 'node:util';
import { CommandError, exitCodes } from './exit-codes.mjs';

/**
 * @typedef {{ type: 'string' | 'boolean', multiple?: boolean, short?: string }} Flag
 */

/**
 * @template {Record<string, Flag>} T
 * @typedef {{ [K in keyof T]?: T[K] extends { multiple: true } ? string[] : T[K] extends { type: 'boolean' } ? boolean : string }} FlagValues
 */

/**
 * Reads a command's flags; an unknown one, or one without its value, is refused by name (64).
 * @template {Record<string, Flag>} T
 * @param {string[]} args
 * @param {T} options
 * @returns {FlagValues<T>}
 */
export function parseFlags(args, options) {
  try {
    const { values } = parseArgs({ args, options, strict: true, allowPositionals: false });
    return /** @type {FlagValues<T>} */ (values);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${said.split('. To specify')[0]}\n--help tells what there is.`, exitCodes.usage);
  }
}

/**
 * @param {string} flag
 * @param {string | undefined} text
 * @param {{ min: number, max: number }} limits
 * @returns {number | undefined}
 */
export function wholeNumber(flag, text, { min, max }) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new CommandError(`${flag} ${text}: give a whole number from ${min} to ${max}`, exitCodes.usage);
}
