/** What `i2m` ends with; told by --help and the README. */
export const exitCodes = {
  ok: 0,
  /** The command ran, and what it is about is not well: files failed, health is not good, an audit found something. */
  workFailed: 1,
  usage: 2,
  /** The gateway cannot be reached or refused the request. */
  refused: 3,
  notFound: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
