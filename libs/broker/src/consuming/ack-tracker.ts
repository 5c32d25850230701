/** Acks to write: `upTo` with `multiple` (everything before it as well), the others one by one. */
export interface Acks<D> {
  upTo: D | undefined;
  singles: D[];
}

/**
 * Which deliveries of one channel are still unacked, in the order of their delivery. A finished prefix becomes one ack;
 * what is finished behind a slow head is acked by itself, so that the head starves nobody. Memory is bounded by the
 * prefetch, however long the head takes.
 */
export class AckTracker<D> {
  readonly #unacked = new Set<D>();
  readonly #finished = new Set<D>();

  delivered(delivery: D): void {
    this.#unacked.add(delivery);
  }

  /** A delivery that is not unacked (finished twice) is ignored: the broker closes the channel for such an ack. */
  finished(delivery: D): void {
    if (this.#unacked.has(delivery)) this.#finished.add(delivery);
  }

  /** It goes back: nothing acks it any more. @returns false when it was not unacked */
  forget(delivery: D): boolean {
    this.#finished.delete(delivery);
    return this.#unacked.delete(delivery);
  }

  /** Deliveries without an ack, finished ones whose ack is not written yet among them. */
  get unacked(): number {
    return this.#unacked.size;
  }

  /** Takes what can be acked now; `upTo` is itself unacked, which the broker demands of a multiple ack. */
  take(): Acks<D> {
    let upTo: D | undefined;
    for (const delivery of this.#unacked) {
      if (!this.#finished.delete(delivery)) break;
      this.#unacked.delete(delivery);
      upTo = delivery;
    }
    const singles = [...this.#finished];
    for (const delivery of singles) this.#unacked.delete(delivery);
    this.#finished.clear();
    return { upTo, singles };
  }
}
