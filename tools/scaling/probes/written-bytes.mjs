import { readFileSync } from 'node:fs';

/**
 * Bytes that a process had written to a disk so far. @param {number} pid
 * @returns {number | null} null where the kernel does not tell
 */
export function writtenBytes(pid) {
  try {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
  } catch {
    return null;
  }
}
