import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ path: string, kind: 'file' | 'folder' | 'link' | 'other', mode: number, uid: number, bytes: number }} Entry path: from the image's root */

/**
 * Everything in an image.
 * @param {string} rootfs @param {string} [below]
 * @returns {Entry[]}
 */
export const listFiles = (rootfs, below = '/') =>
  readdirSync(join(rootfs, below)).flatMap((name) => {
    const path = join(below, name);
    const stat = lstatSync(join(rootfs, path));
    const entry = { path, kind: kindOf(stat), mode: stat.mode & 0o7777, uid: stat.uid, bytes: stat.size };
    return entry.kind === 'folder' ? [entry, ...listFiles(rootfs, path)] : [entry];
  });

/** @param {import('node:fs').Stats} stat @returns {Entry['kind']} */
function kindOf(stat) {
  if (stat.isDirectory()) return 'folder';
  if (stat.isSymbolicLink()) return 'link';
  return stat.isFile() ? 'file' : 'other';
}

/** What the files of an image take, unpacked. @param {Entry[]} entries */
export const totalBytes = (entries) =>
  entries.reduce((sum, { kind, bytes }) => sum + (kind === 'file' ? bytes : 0), 0);
