import { fileOfIntent } from '@image2model/contracts';
import type { FalStandIn, LedgerRow } from '@image2model/testing';

/** A job that fal accepted, and the file it was for. */
export interface PaidJob extends LedgerRow {
  idx: number;
}

/** What fal accepted for a batch: each image is uploaded under the name of its intent. */
export function jobsOf(fal: FalStandIn, batchId: string): PaidJob[] {
  return fal.ledger().flatMap((row) => {
    const [intent = ''] = /int_[0-9a-f]+_\d+_[0-9a-f]+/.exec(row.image_url) ?? [];
    const file = fileOfIntent(intent);
    return file?.batchId === batchId ? [{ ...row, idx: file.idx }] : [];
  });
}
