import { mkdtempSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftovers } from '../../dev/processes/ledger.mjs';
import { liveHolder, takeLock } from '../../dev/processes/single-instance.mjs';
import { endLeftoversIn } from '../../dev/services/system.mjs';
import { celeryLedgerFile } from '../systems/celery/system.mjs';

const prefix = 'image2model-bench-';
const lockName = 'owner.lock';

/** @param {string} dir */
const remove = (dir) => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

/**
 * Ends and deletes what benches left that were killed before they could.
 * @param {(text: string) => void} log
 */
async function sweep(log) {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const dir = join(tmpdir(), name);
    // A folder without a lock is a moment old, or not ours.
    if (!readdirSync(dir).includes(lockName) || liveHolder(join(dir, lockName)) !== null) continue;
    await endLeftovers(celeryLedgerFile(dir), log);
    await endLeftoversIn(dir, log);
    remove(dir);
  }
}

/**
 * A folder for everything that one bench writes, except its result.
 * @param {(text: string) => void} log
 * @returns {Promise<{ dir: string, remove(): void }>}
 */
export async function openBenchFolder(log) {
  await sweep(log);
  const dir = mkdtempSync(join(tmpdir(), prefix));
  takeLock(join(dir, lockName));
  mkdirSync(join(dir, 'logs'));
  return { dir, remove: () => remove(dir) };
}
