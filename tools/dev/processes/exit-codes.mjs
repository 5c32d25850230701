/** What the commands of this folder exit with; 64, 75 and 78 are those of sysexits.h. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  /** The demo ran, but some photos have no model. */
  someFilesFailed: 3,
  /** Unknown flag, bad value. */
  usage: 64,
  /** The same command already runs in this checkout. */
  alreadyRunning: 75,
  /** Node too old, no servers to be had, a port that is taken, a service that refuses its configuration. */
  config: 78,
  /** 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
};

/** An error whose message is written for the person at the terminal: shown without a stack, ends with its own code. */
export class CommandError extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = exitCodes.failed) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
