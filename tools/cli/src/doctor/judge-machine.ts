import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fine, problem, warning, type Finding } from './finding.js';

const leastNode = [20, 19] as const;

/** Whether this Node is new enough. */
export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const good = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  if (good) return fine('Node.js', version);
  return problem('Node.js', `${version} is too old`, `Install ${leastNode.join('.')} or newer.`);
}

/** Whether models could be written there. */
export function judgeFolder(out: string): Finding {
  let folder = resolve(out);
  // the nearest folder that there is: the others would be made in it
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return fine('output folder', `${resolve(out)} can be written`);
  } catch {
    return problem(
      'output folder',
      `${folder} cannot be written`,
      'Choose another --out, or change its permissions.',
    );
  }
}

const mostSkewMs = 5_000;

/** @param serverMs the gateway's clock, to the second @param atMs ours in the middle of the call */
export function judgeClock(serverMs: number, atMs: number): Finding {
  const offMs = atMs - serverMs;
  if (Number.isNaN(offMs))
    return warning(
      'clock',
      'the gateway does not tell its time',
      'Is something between here and the gateway that drops the header Date?',
    );
  if (Math.abs(offMs) <= mostSkewMs) return fine('clock', 'agrees with the gateway');
  return warning(
    'clock',
    `is ${(offMs / 1_000).toFixed(0)} s ${offMs > 0 ? 'ahead of' : 'behind'} the gateway's`,
    'Set the clock of this machine by NTP.',
  );
}
