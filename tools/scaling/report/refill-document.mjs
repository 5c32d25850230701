import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../dev/processes/paths.mjs';
import { writeAtomic } from '../../dev/processes/write-atomic.mjs';
import { documentBlocks } from './document-blocks.mjs';

/** The document that the constants fill. */
export const documentFile = join(root, 'docs/scaling.md');

/**
 * The text with its generated parts made anew; what stands outside of the markers stays.
 * @param {string} text @param {Record<string, string>} blocks
 * @throws Error for a marker that is missing, or that nothing fills
 */
export function fillMarkers(text, blocks) {
  const names = [...text.matchAll(/<!-- generated:([\w-]+) -->/g)].map(([, name = '']) => name);
  const unknown = names.find((name) => blocks[name] === undefined);
  if (unknown !== undefined) throw new Error(`nothing fills <!-- generated:${unknown} -->`);
  return Object.entries(blocks).reduce((all, [name, block]) => {
    const place = new RegExp(`(<!-- generated:${name} -->)[^]*?(<!-- /generated:${name} -->)`);
    if (!place.test(all))
      throw new Error(`<!-- generated:${name} --> … <!-- /generated:${name} --> is missing`);
    return all.replace(place, (_, begin, end) => `${begin}\n\n${block}\n\n${end}`);
  }, text);
}

/**
 * The document as these constants want it, formatted as the project's Markdown is.
 * @param {string} text @param {import('../constants/schema.mjs').Constants} constants
 */
export async function documentOf(text, constants) {
  // with packages that may have been installed a moment ago
  const { default: prettier } = await import('prettier');
  const options = await prettier.resolveConfig(documentFile);
  return prettier.format(fillMarkers(text, documentBlocks(constants)), {
    ...options,
    filepath: documentFile,
  });
}

/** @param {import('../constants/schema.mjs').Constants} constants @returns {Promise<string>} the file's name */
export async function refillDocument(constants) {
  writeAtomic(documentFile, await documentOf(readFileSync(documentFile, 'utf8'), constants));
  return documentFile;
}
