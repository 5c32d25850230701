import { Failure } from '@image2model/contracts';
import type { LedgerRow, Progress } from '@image2model/progress';

/**
 * Why a file is not submitted again. A worker may have given its last submit up as doubtful and died before it failed
 * the file: then `doubtful` is its intent, and what the caller reads is the same as without that death.
 */
export async function noMoreSubmits(
  ledger: Pick<Progress['ledger'], 'rows'>,
  batchId: string,
  idx: number,
  mostSubmits: number,
): Promise<{ failure: Failure; doubtful?: string }> {
  let last: LedgerRow | undefined;
  // all rows of the batch are read: it happens next to never
  for await (const row of ledger.rows(batchId))
    if (row.idx === idx && row.atMs >= (last?.atMs ?? 0)) last = row;
  if (last?.state === 'doubtful') return { failure: unanswered(), doubtful: last.intent };
  const message = `submitted ${mostSubmits} times without a model`;
  return { failure: new Failure('job_failed', message, { code: 'job_failed.most_submits' }) };
}

/** For a file whose paid submit was looked for until its grace was over. */
export const unanswered = (): Failure =>
  new Failure(
    'ambiguous',
    'the answer to its paid submit was lost, and fal did not say whether it was accepted; not submitted again, because that could be charged twice',
  );
