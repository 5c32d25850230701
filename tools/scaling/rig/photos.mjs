import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { root } from '../../dev/processes/paths.mjs';

/** @typedef {import('./gateway-api.mjs').Photo} Photo */

/** The project's own photos, in the order of their names, over again when there are too few. @param {number} count @returns {Photo[]} */
export function samplePhotos(count) {
  const folder = join(root, 'samples/gallery');
  const names = readdirSync(folder)
    .filter((name) => /\.(jpg|png)$/.test(name))
    .sort();
  const photos = names.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  return Array.from({ length: count }, (_, at) => photos[at % photos.length] ?? []).flat();
}

const channels = 3;

/**
 * A photo as a camera makes it, in pixels and bytes: noise on a gradient, as JPEG. Another seed, other bytes.
 * @param {number} seed @param {{ width: number, height: number }} size
 * @returns {Promise<Photo>}
 */
export async function largePhoto(seed, { width, height }) {
  const pixels = Buffer.alloc(width * height * channels);
  let state = seed * 2_654_435_761 + 1;
  for (let at = 0; at < pixels.length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    pixels[at] = 90 + ((at / width) % 60) + (state >>> 26);
  }
  const bytes = await sharp(pixels, { raw: { width, height, channels } }).jpeg({ quality: 90 }).toBuffer();
  return { name: `${seed}.jpg`, bytes };
}
