import { readFileSync, rmSync } from 'node:fs';
import { endProcess } from './end-process.mjs';
import { commandLine, processIdentity } from './identity.mjs';
import { writeJson } from './write-atomic.mjs';

/**
 * @typedef {{ name: string, pid: number, identity: string, file: string, words: string[], last?: boolean }} Entry
 *   file: the ledger it was written to; words: one of them is in the command line for as long as the process lives; last: ended after all others.
 * @typedef {{ add(entry: Omit<Entry, 'identity' | 'file'>): void, remove(...pids: number[]): void, pids(): number[] }} Ledger
 */

/** @param {string} file @returns {Entry[]} */
function readEntries(file) {
  try {
    const entries = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(entries) ? entries : [];
  } catch {
    return [];
  }
}

/**
 * The processes that were started and not yet ended, on disk: whoever comes after a supervisor that was killed
 * finds them there.
 * @param {string} file
 * @returns {Ledger}
 */
export function openLedger(file) {
  /** @type {Map<number, Entry>} */
  const entries = new Map();
  const save = () =>
    entries.size === 0 ? rmSync(file, { force: true }) : writeJson(file, [...entries.values()], 0o600);
  return {
    add(entry) {
      const identity = processIdentity(entry.pid);
      if (identity === null) return;
      entries.set(entry.pid, { ...entry, identity, file });
      save();
    },
    remove(...pids) {
      if (pids.map((pid) => entries.delete(pid)).includes(true)) save();
    },
    pids: () => [...entries.keys()],
  };
}

/**
 * Whether a recorded process still lives: same life of the same pid, and it still looks like what was recorded.
 * @param {Entry} entry
 */
export function isStillRunning(entry) {
  if (processIdentity(entry.pid) !== entry.identity) return false;
  const line = commandLine(entry.pid);
  return entry.words.some((word) => line.includes(word));
}

/**
 * Ends what an earlier supervisor left running, and only what it recorded.
 * @param {string} file
 * @param {(text: string) => void} log
 * @param {number} [graceMs]
 */
export async function endLeftovers(file, log, graceMs = 10_000) {
  // A folder may be copied while it is in use: what its copy finds written there belongs to the original.
  const left = readEntries(file).filter((entry) => entry.file === file && isStillRunning(entry));
  if (left.length > 0) {
    log(
      `ending what an earlier run left behind: ${left.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`,
    );
  }
  const end = (/** @type {Entry[]} */ some) =>
    Promise.all(some.map(({ pid }) => endProcess(pid, { graceMs })));
  await end(left.filter((entry) => !entry.last));
  await end(left.filter((entry) => entry.last));
  rmSync(file, { force: true });
}
