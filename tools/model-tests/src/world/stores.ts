import {
  Attempts,
  BatchControls,
  BatchEdits,
  Batches,
  LanesIndex,
  Ledger,
  Retries,
  Settlements,
} from '@image2model/progress/parts';
import type { Redis } from 'ioredis';

/** Files one call of a retry looks at: few, so that small batches need several calls. */
const retryChunk = 2;

/** The real classes of libs/progress over one client; made when they are used. */
export class Stores {
  private parts: {
    attempts?: Attempts;
    batches?: Batches;
    controls?: BatchControls;
    edits?: BatchEdits;
    lanes?: LanesIndex;
    ledger?: Ledger;
    retries?: Retries;
    settlements?: Settlements;
  } = {};

  constructor(private readonly client: Redis) {}

  get attempts(): Attempts {
    return (this.parts.attempts ??= new Attempts(this.client));
  }
  get batches(): Batches {
    return (this.parts.batches ??= new Batches(this.client));
  }
  get controls(): BatchControls {
    return (this.parts.controls ??= new BatchControls(this.client));
  }
  get edits(): BatchEdits {
    return (this.parts.edits ??= new BatchEdits(this.client, this.lanes));
  }
  get ledger(): Ledger {
    return (this.parts.ledger ??= new Ledger(this.client));
  }
  get lanes(): LanesIndex {
    return (this.parts.lanes ??= new LanesIndex(this.client));
  }
  get retries(): Retries {
    return (this.parts.retries ??= new Retries(this.client, retryChunk));
  }
  get settlements(): Settlements {
    return (this.parts.settlements ??= new Settlements(this.client));
  }
}
