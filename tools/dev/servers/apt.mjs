import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { run, tail } from '../processes/run.mjs';
import { which } from './find-binaries.mjs';

const policyFile = '/usr/sbin/policy-rc.d';

/** Whether this machine can be helped by apt: Debian or Ubuntu, as root. */
export const aptUsable = () =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && which('apt-get') !== null;

/**
 * Runs `work` while Debian's packages are told not to start the servers they bring: we run private ones. A policy that
 * is there already is left alone; ours refuses only as long as this process lives, should it be killed half-way.
 * @template T
 * @param {() => Promise<T>} work
 */
async function withoutSystemServices(work) {
  if (existsSync(policyFile)) return work();
  writeFileSync(
    policyFile,
    `#!/bin/sh\n# Written for one installation by image2model.\nkill -0 ${process.pid} 2>/dev/null && exit 101\nexit 0\n`,
  );
  chmodSync(policyFile, 0o755);
  try {
    return await work();
  } finally {
    rmSync(policyFile, { force: true });
  }
}

/** apt-get itself is asked, not the dpkg it runs: it then ends between two packages instead of inside one. */
const endAptGently = (/** @type {number} */ pid) => {
  process.kill(pid, 'SIGINT');
};

/** @param {string[]} args @param {AbortSignal} [signal] */
const aptGet = (args, signal) =>
  run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Use-Pty=0', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    signal,
    end: endAptGently,
  });

/**
 * Installs Debian packages, saying so first; when that fails it says so too, and the caller finds nothing new.
 * @param {string[]} packages
 * @param {{ log: (text: string) => void, signal?: AbortSignal }} context
 */
export async function installWithApt(packages, { log, signal }) {
  log(
    `installing ${packages.join(' and ')} by apt: apt-get update, apt-get install (under a minute; --no-install refuses this) …`,
  );
  const started = performance.now();
  const updated = await aptGet(['update'], signal);
  // An unreachable extra source fails the update, and yet the packages may well be there.
  if (updated.code !== 0) log(`apt-get update had trouble:\n${tail(updated.output, 4)}`);
  const installed = await withoutSystemServices(() =>
    aptGet(['install', '--yes', '--no-install-recommends', ...packages], signal),
  );
  if (installed.code !== 0) {
    log(`apt-get install failed:\n${tail(installed.output, 8)}`);
    return;
  }
  log(`✓ installed by apt (${((performance.now() - started) / 1000).toFixed(0)} s)`);
}
