import { CommandError } from '../processes/exit-codes.mjs';

const attempts = 3;

/** @param {string} text what a server said before it ended at its start */
export const isPortConflict = (text) =>
  /eaddrinuse|address already in use|could not bind|is in use by another/i.test(text);

/**
 * @typedef {object} Attempt one start, on ports that were free a moment ago
 * @property {import('./private-process.mjs').PrivateProcess[]} processes in the order in which they start
 * @property {() => Promise<boolean>} ready
 * @property {(options?: { fast?: boolean }) => Promise<void>} stop
 */

/**
 * Starts processes and waits until they serve; another copy of the project may have been faster on a port, so that is
 * tried again with others. What does not come up is stopped.
 * @template {Attempt} T
 * @param {string} title for the message when all is in vain
 * @param {() => Promise<T>} prepare
 * @returns {Promise<T>}
 */
export async function startOnFreePorts(title, prepare) {
  for (let tries = 1; ; tries += 1) {
    const attempt = await prepare();
    let ready = false;
    try {
      for (const each of attempt.processes) await each.start();
      ready = await attempt.ready();
    } finally {
      if (!ready) await attempt.stop({ fast: true });
    }
    if (ready) return attempt;
    const said = attempt.processes
      .map((each) => each.logTail())
      .join('\n')
      .trim();
    if (tries === attempts || !isPortConflict(said))
      throw new CommandError(`${title} does not start:\n${said}`);
  }
}
