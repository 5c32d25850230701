import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** @param {string} file */
const readIfThere = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/**
 * Fields of /proc/<pid>/stat after the name; the name may itself hold spaces and brackets.
 * @param {string} stat
 */
export const statFields = (stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/** @param {number} pid */
function identityFromPs(pid) {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

/**
 * Names one life of one process: the kernel gives a pid out again, but not with the same boot and start time.
 * Null when there is no such process, or only its zombie.
 * @param {number} pid
 */
export function processIdentity(pid) {
  if (!Number.isInteger(pid) || pid <= 1) return null;
  const boot = readIfThere('/proc/sys/kernel/random/boot_id');
  if (boot === null) return identityFromPs(pid);
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = statFields(stat);
  return fields[0] === 'Z' || fields[0] === 'X' ? null : `${boot.trim()}:${fields[19]}`;
}

/**
 * The command line of a process as one string; empty when there is none.
 * @param {number} pid
 */
export function commandLine(pid) {
  const line = readIfThere(`/proc/${pid}/cmdline`);
  if (line !== null) return line.replaceAll('\0', ' ').trim();
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
