import type { ModelResult } from '@image2model/progress';

/** A model that was made, before it is kept. */
export interface MadeModel {
  batchId: string;
  idx: number;
  glb: Uint8Array;
  faces: number;
  vertices: number;
  /** who made it, and what finds the order again; kept beside the model */
  origin: { provider: string } & Record<string, unknown>;
}

/** What a paid file needs of storage. Throws Failure `dependency.storage`. */
export interface ModelStore {
  readSource(batchId: string, idx: number): Promise<Uint8Array>;
  /** Under a name that holds its checksum, then its sidecar, each durable before the next step. */
  keep(made: MadeModel): Promise<ModelResult>;
  /** A model that did not pass its checks: paid for, so somebody may want to see it. */
  keepRejected(batchId: string, idx: number, glb: Uint8Array): Promise<void>;
}
