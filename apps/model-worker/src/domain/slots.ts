import type { Lane } from '@image2model/contracts';
import type { SlotRequest } from '@image2model/progress';

/** `ask`: the batch may have stopped meanwhile, a claim will tell; `late`: it took too long; `stopped`: it is not to be begun here now */
export type SlotAnswer = 'granted' | 'ask' | 'late' | 'stopped';

/** A file that waits for one of the fleet's slots at the provider. */
export interface WaitingFile extends SlotRequest {
  idx: number;
  lane: Lane;
  /** on the clock of `performance.now()` */
  untilMs: number;
  /** Called once when it is among the next; what it waits for may be made ready. */
  near: () => void;
}

/** The fleet's slots at a paid provider, as this process sees them. */
export interface Slots {
  wait(file: WaitingFile, signal: AbortSignal): Promise<SlotAnswer>;
  /** No file of this lane gets a slot until `open`: those that wait are answered `stopped`. */
  close(lane: Lane): void;
  open(lane: Lane): void;
  /** Gives slots back; files that wait here are asked for at once. */
  release(intents: readonly string[]): Promise<void>;
}
