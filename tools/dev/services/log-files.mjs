import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { tail } from '../processes/run.mjs';

const rotateAboveBytes = 20 * 1024 * 1024;
const chunkBytes = 256 * 1024;

/**
 * Makes room in a log before it is opened for appending: one that grew past 20 MB becomes `<file>.1`.
 * @param {string} file
 */
export function rotateLog(file) {
  mkdirSync(dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > rotateAboveBytes) renameSync(file, `${file}.1`);
}

/** @param {string} file */
export const logSize = (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/**
 * The last lines of a log that were written after `from`.
 * @param {string} file
 * @param {number} from byte offset
 */
export const logTail = (file, from) => tail(readFileSync(file).subarray(from).toString('utf8'), 20);

/**
 * Reads a growing log bit by bit. The services write to their files themselves, so that a terminal that stands still, or
 * a supervisor that is gone, never holds one up.
 * @param {string} file
 * @param {number} from byte offset of the first new line
 * @returns {{ readLines(): string[] }} each call gives the whole lines written since the last one, at most 256 KB of them
 */
export function followLog(file, from) {
  let offset = from;
  let rest = '';
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  return {
    readLines() {
      const handle = openSync(file, 'r');
      try {
        if (fstatSync(handle).size < offset) offset = 0;
        const bytes = readSync(handle, buffer, 0, chunkBytes, offset);
        offset += bytes;
        const lines = (rest + decoder.write(buffer.subarray(0, bytes))).split('\n');
        // A line without end is kept for the next call; one that never ends is not worth the memory.
        rest = (lines.pop() ?? '').slice(-chunkBytes);
        return lines;
      } finally {
        closeSync(handle);
      }
    },
  };
}
