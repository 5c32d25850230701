import type { ApiClient } from '../api/api-client.js';
import type { BatchesApi } from '../api/batches-api.js';
import type { Patience } from '../api/patience.js';
import type { Board } from './board.js';
import type { StateFile } from './state-file.js';
import type { Entry, Send, State } from './state.js';

/** One run of `i2m generate`. */
export interface Session {
  readonly api: ApiClient;
  readonly batches: BatchesApi;
  /** The folder of the models. */
  readonly out: string;
  readonly state: State;
  readonly file: StateFile;
  readonly board: Board;
  /** Aborted when the run ends early; what the gateway does goes on. */
  readonly detached: AbortSignal;
  /** How long a bad line is borne. */
  readonly patience: Patience;
  say(text: string): void;
}

/** The entries of a send, by idx. */
export const entriesOf = ({ state }: Pick<Session, 'state'>, { key }: Send): Entry[] =>
  state.files.filter(({ send }) => send === key).sort((a, b) => a.idx - b.idx);
