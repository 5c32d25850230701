import type { Logger } from '@image2model/service-kit';
import type { BrokerState } from './broker.js';

/** Tells listeners when the state is another one than before. */
export class StateWatch {
  readonly #logger: Logger;
  readonly #listeners = new Set<(state: BrokerState) => void>();
  #state: BrokerState = { connected: false, blocked: false };

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get state(): BrokerState {
    return this.#state;
  }

  subscribe(listener: (state: BrokerState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  update(state: BrokerState): void {
    if (state.connected === this.#state.connected && state.blocked === this.#state.blocked) return;
    this.#state = state;
    for (const listener of this.#listeners) this.#tell(listener);
  }

  #tell(listener: (state: BrokerState) => void): void {
    try {
      listener(this.#state);
    } catch (error) {
      this.#logger.warn('a listener of the broker state threw; the others are told all the same', {
        error: String(error),
      });
    }
  }
}
