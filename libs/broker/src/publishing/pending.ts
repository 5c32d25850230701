import type { Failure } from '@image2model/contracts';
import type { Outgoing } from './outgoing.js';
import type { Confirmation, Flight } from './publish-channel.js';
import { publishFailure, type PublishFailureReason } from './publish-failures.js';

/** Called once: without a failure when the message is confirmed. */
export type Done = (failure?: Failure) => void;

/** One message from `send` to its end. What comes after its end (a late confirm) is ignored. */
export class Pending implements Flight {
  readonly #done: Done;
  #settled = false;
  /** It may have arrived. */
  written = false;

  constructor(
    readonly message: Outgoing,
    /** On the clock of `performance.now()`. */
    readonly deadline: number,
    done: Done,
  ) {
    this.#done = done;
  }

  get settled(): boolean {
    return this.#settled;
  }

  settle(confirmation: Confirmation): void {
    if (confirmation === 'confirmed') this.#end();
    else this.fail(confirmation);
  }

  fail(reason: PublishFailureReason): void {
    if (!this.#settled) this.#end(publishFailure(reason, this.message.type));
  }

  reject(failure: Failure): void {
    this.#end(failure);
  }

  #end(failure?: Failure): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#done(failure);
  }
}
