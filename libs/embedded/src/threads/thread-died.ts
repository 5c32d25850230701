/** `crash`: it exited or threw; `memory`: its heap hit the limit; `time-limit`: the task took too long. */
export type ThreadDeath = 'crash' | 'memory' | 'time-limit';

/** The thread of a task died in the middle of it. Only that task is affected; the pool replaces the thread. */
export class ThreadDied extends Error {
  override readonly name = 'ThreadDied';

  constructor(
    readonly reason: ThreadDeath,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
