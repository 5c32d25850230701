import { ModelRefused } from '../model-refused.js';

/** Real models stay below 20; what is nested deeper is meant to overflow somebody's stack. */
const mostDepth = 64;

/**
 * The JSON of a GLB as data, nested at most 64 deep.
 * @throws ModelRefused
 */
export function parseJson(bytes: Uint8Array): unknown {
  checkDepth(bytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ModelRefused('quality.invalid', 'The JSON of the GLB cannot be read.', { cause: error });
  }
}

const [quote, backslash] = [0x22, 0x5c];
const isOpening = (byte: number): boolean => byte === 0x7b || byte === 0x5b;
const isClosing = (byte: number): boolean => byte === 0x7d || byte === 0x5d;

/** Looks at the bytes alone: a parsed bomb has already gone off. */
function checkDepth(bytes: Uint8Array): void {
  let [depth, isText] = [0, false];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (isText && byte === backslash) at++;
    else if (byte === quote) isText = !isText;
    else if (!isText && isOpening(byte)) depth++;
    else if (!isText && isClosing(byte)) depth--;
    if (depth > mostDepth)
      throw new ModelRefused('quality.invalid', `The JSON of the GLB is nested more than ${mostDepth} deep.`);
  }
}
