import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';

const numbers = ['share', 'times', 'timesPerImage', 'status', 'retryAfterS', 'delayMs', 'bytes'];
const texts = ['image', 'endpoint'];

/**
 * `NAME[=SHARE][,key=value…]`; a value of `none` is null, ordinals are joined by `+`.
 * @param {string} text
 * @returns {Record<string, unknown>} a fault rule whose values are still to be checked
 */
export function readFault(text) {
  const [head = '', ...parts] = text.split(',');
  const [fault, share] = head.split('=');
  const rule = parts.map((part) => {
    const at = part.indexOf('=');
    return readPart(text, part.slice(0, at), part.slice(at + 1));
  });
  return Object.fromEntries([
    ['fault', fault],
    ...(share === undefined ? [] : [['share', Number(share)]]),
    ...rule,
  ]);
}

/** @param {string} whole @param {string} name @param {string} value @returns {[string, unknown]} */
function readPart(whole, name, value) {
  if (name === 'ordinals') return [name, value.split('+').map(Number)];
  if (texts.includes(name)) return [name, value];
  if (numbers.includes(name)) return [name, value === 'none' ? null : Number(value)];
  throw new CommandError(
    `--fault ${whole}: behind the name there can be ${[...numbers, ...texts, 'ordinals'].join(', ')}`,
    exitCodes.usage,
  );
}
