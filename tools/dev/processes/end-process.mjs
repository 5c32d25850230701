import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from './identity.mjs';

/** @param {number} pid @param {NodeJS.Signals} signal */
export function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, which is what a signal to end it was after.
  }
}

/**
 * SIGTERM, time to leave, SIGKILL. Resolves when the process is gone, true if it left by itself.
 * @param {number | undefined} pid
 * @param {{ graceMs: number }} options 0 kills at once
 */
export async function endProcess(pid, { graceMs }) {
  const identity = pid === undefined ? null : processIdentity(pid);
  if (pid === undefined || identity === null) return true;
  const alive = () => processIdentity(pid) === identity;
  if (graceMs > 0) signalProcess(pid, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  while (performance.now() < deadline) {
    if (!alive()) return true;
    await sleep(50);
  }
  signalProcess(pid, 'SIGKILL');
  for (let i = 0; i < 100 && alive(); i += 1) await sleep(20);
  return false;
}
