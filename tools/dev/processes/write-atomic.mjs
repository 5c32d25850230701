import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces a file in one step, so that a reader sees the old or the new content and never half of one.
 * @param {string} file
 * @param {string} content
 * @param {number} [mode] permission bits of the new file
 */
export function writeAtomic(file, content, mode = 0o644) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content, { mode });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** @param {string} file @param {unknown} value @param {number} [mode] */
export const writeJson = (file, value, mode) =>
  writeAtomic(file, `${JSON.stringify(value, null, 2)}\n`, mode);
