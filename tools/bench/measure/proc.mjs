import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { statFields } from '../../dev/processes/identity.mjs';

/** The kernel counts CPU time in ticks of 10 ms on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** @param {number} pid */
function statOf(pid) {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat === null ? null : statFields(stat);
}

/**
 * These processes and all that descend from them.
 * @param {number[]} roots
 */
export function familyOf(roots) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const name of readIfThere('/proc/stat') === null ? [] : readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? Number(statOf(Number(name))?.[1] ?? 0) : 0;
    if (parent > 0) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const family = new Set(roots);
  for (const pid of family) for (const child of children.get(pid) ?? []) family.add(child);
  return [...family];
}

/**
 * CPU time that processes and their ended children used so far, user and system.
 * @param {number[]} pids
 * @returns {number} seconds, in steps of 10 ms
 */
export const cpuSeconds = (pids) =>
  pids.reduce((sum, pid) => {
    const ticks = statOf(pid)?.slice(11, 15).map(Number) ?? [];
    return sum + ticks.reduce((all, each) => all + each, 0) / ticksPerSecond;
  }, 0);

/**
 * CPU time that the whole machine used since it started; what a hypervisor gave to others counts as used.
 * @returns {number} seconds; 0 where there is no /proc
 */
export function machineSeconds() {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    readIfThere('/proc/stat') ?? ''
  )
    .split('\n', 1)
    .flatMap((line) => line.split(/\s+/).slice(1).map(Number));
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond;
}

/**
 * @param {number[]} pids
 * @param {'VmRSS' | 'VmHWM'} field resident now, or its peak
 * @returns {number} MB (1,000,000 bytes), pages that processes share counted in each
 */
export const residentMb = (pids, field) =>
  pids.reduce((sum, pid) => {
    const kb = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readIfThere(`/proc/${pid}/status`) ?? '');
    return sum + (Number(kb?.[1] ?? 0) * 1024) / 1e6;
  }, 0);

/**
 * Makes VmHWM begin anew. Where the kernel refuses it, VmHWM stays the peak since the start of the process.
 * @param {number[]} pids
 */
export function resetPeak(pids) {
  for (const pid of pids) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // Another user's process, or a kernel without it: a peak that is too high is still no flattery.
    }
  }
}
