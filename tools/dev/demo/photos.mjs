import { readdirSync, statSync } from 'node:fs';
import { extname, join, parse } from 'node:path';
import { CommandError, exitCodes } from '../processes/exit-codes.mjs';

/** Media types of the photos the demo takes, by file extension. */
export const photoTypes = new Map([
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.png', 'image/png'],
  ['.webp', 'image/webp'],
]);

/** What the gateway takes in one request. */
const mostPhotos = 2000;
const longestNameBytes = 255;

/** @param {string} file */
export const photoType = (file) => photoTypes.get(extname(file).toLowerCase());

/** @param {string} name */
const isPhoto = (name) => photoType(name) !== undefined;

/**
 * The photos of a folder in sorted order, as absolute or given paths.
 * @param {string} folder
 */
export function listPhotos(folder) {
  const refuse = (/** @type {string} */ text) =>
    new CommandError(`--photos ${folder}: ${text}`, exitCodes.usage);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw refuse('there is no such folder');
  const names = readdirSync(folder)
    .filter((name) => isPhoto(name) && statSync(join(folder, name)).isFile())
    .sort();
  if (names.length === 0) throw refuse(`no photo there (${[...photoTypes.keys()].join(', ')})`);
  if (names.length > mostPhotos) {
    throw refuse(
      `${names.length} photos; one demo takes ${mostPhotos}. Send part of them: the API takes as many requests as you like`,
    );
  }
  return names.map((name) => join(folder, name));
}

/** Cuts a name so that it fits a file system, at a character's border. @param {string} text @param {number} bytes */
const cut = (text, bytes) => {
  let short = text;
  while (Buffer.byteLength(short) > bytes) short = [...short].slice(0, -1).join('');
  return short;
};

/**
 * File names for the models: those of the photos, a second one of the same name with `-2`. Names that differ only in case count
 * as the same, since some file systems think so.
 * @param {string[]} photos
 */
export function modelNames(photos) {
  const taken = new Set();
  return photos.map((photo) => {
    const base =
      parse(photo)
        .name.replace(/[/\\\p{Cc}]/gu, '_')
        .replace(/^\.+/, '_') || 'photo';
    for (let n = 1; ; n += 1) {
      const ending = `${n === 1 ? '' : `-${n}`}.glb`;
      const name = `${cut(base, longestNameBytes - ending.length)}${ending}`;
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      return name;
    }
  });
}
