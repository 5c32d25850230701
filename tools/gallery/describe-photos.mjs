import { existsSync, readFileSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import { listPhotos, modelNames } from '../dev/demo/photos.mjs';

/**
 * @typedef {object} GalleryPhoto
 * @property {string} name of its pictures, without ending; unique
 * @property {string} path
 * @property {string} what
 * @property {string} licence
 * @property {string} source
 */

/**
 * The photos of some folders with what the folder's README.md says of them: a table of photo, what, licence, source.
 * @param {string[]} folders
 * @returns {GalleryPhoto[]}
 */
export function describePhotos(folders) {
  const paths = folders.flatMap((folder) => {
    const notes = readNotes(join(folder, 'README.md'));
    return listPhotos(folder).map((path) => ({ path, notes: notes.get(basename(path)) ?? [] }));
  });
  const names = modelNames(paths.map(({ path }) => path));
  return paths.map(({ path, notes: [what = '', licence = '', source = ''] }, index) => ({
    name: parse(names[index] ?? path).name,
    path,
    what,
    licence,
    source,
  }));
}

/** @param {string} file @returns {Map<string, string[]>} the cells after the first one of each table row */
function readNotes(file) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const rows = lines
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(rows.map(([, photo = '', ...cells]) => [photo, cells.slice(0, 3)]));
}
