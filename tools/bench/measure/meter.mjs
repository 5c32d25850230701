import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, familyOf, machineSeconds, residentMb, resetPeak } from './proc.mjs';

/** What a run leaves behind (acks, the log of Redis) is its own doing, so its CPU time is counted a little longer. */
const afterMs = 300;

/**
 * @typedef {Record<string, number[]>} Roots role → processes; their descendants belong to them
 * @typedef {{ cpuS: Record<string, number>, peakMb: Record<string, number>, othersCpus: number }} Measured by role, CPU in seconds;
 *   othersCpus: processors that everything else on the machine kept busy meanwhile, on average
 */

/** @param {Roots} roots */
const families = (roots) => Object.entries(roots).map(([role, pids]) => ({ role, pids: familyOf(pids) }));

/**
 * Measures what processes use from now until `stop` has resolved.
 * @param {Roots} roots
 * @returns {{ stop(): Promise<Measured> }}
 */
export function startMeter(roots) {
  const before = families(roots).map(({ role, pids }) => {
    resetPeak(pids);
    return { role, cpuS: cpuSeconds(pids) };
  });
  const machineBefore = machineSeconds();
  const started = performance.now();
  return {
    async stop() {
      await sleep(afterMs);
      const machine = machineSeconds() - machineBefore;
      const elapsed = (performance.now() - started) / 1000;
      const after = families(roots).map(({ role, pids }, i) => ({
        role,
        cpuS: cpuSeconds(pids) - (before[i]?.cpuS ?? 0),
        peakMb: residentMb(pids, 'VmHWM'),
      }));
      const own = after.reduce((sum, { cpuS }) => sum + cpuS, 0);
      return {
        cpuS: Object.fromEntries(after.map(({ role, cpuS }) => [role, cpuS])),
        peakMb: Object.fromEntries(after.map(({ role, peakMb }) => [role, peakMb])),
        othersCpus: Math.max(0, (machine - own) / elapsed),
      };
    },
  };
}
