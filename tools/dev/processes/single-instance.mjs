import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from './identity.mjs';

/** @typedef {{ pid: number, identity: string, file: string }} Holder file: a copied lock holds nothing */

/** @param {string} file @returns {Holder | null} the process that holds it, when that still lives */
export function liveHolder(file) {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8'));
    return holder.file === file && processIdentity(holder.pid) === holder.identity ? holder : null;
  } catch {
    return null;
  }
}

/** @param {string} file @returns {boolean} */
function tryTake(file) {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(
    temporary,
    JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid), file }),
  );
  try {
    // A link appears with its content or not at all, and never over another one.
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Takes a lock file for this process; one whose holder died is taken over.
 * @param {string} file
 * @returns {{ release(): void } | { holder: Holder }}
 */
export function takeLock(file) {
  mkdirSync(dirname(file), { recursive: true });
  for (let tries = 0; tries < 5; tries += 1) {
    if (tryTake(file)) return { release: () => rmSync(file, { force: true }) };
    const holder = liveHolder(file);
    if (holder !== null) return { holder };
    const stale = `${file}.${process.pid}.stale`;
    try {
      renameSync(file, stale);
    } catch {
      // Another one was faster; look again.
    }
    rmSync(stale, { force: true });
  }
  throw new Error(`${file} cannot be taken`);
}

/**
 * Runs `work` while no other process of this machine holds the same lock; waits for one that does.
 * @template T
 * @param {string} file
 * @param {{ signal?: AbortSignal, onWait(holder: Holder): void }} options
 * @param {() => Promise<T>} work
 */
export async function withLock(file, { signal, onWait }, work) {
  for (let told = false; ; told = true) {
    signal?.throwIfAborted();
    const lock = takeLock(file);
    if ('release' in lock) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (!told) onWait(lock.holder);
    await sleep(200, undefined, { signal });
  }
}
