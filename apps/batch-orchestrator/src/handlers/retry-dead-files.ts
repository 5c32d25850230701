import { priceOfFile } from '@image2model/fal';
import type { DeadLetterContent, DeadLetterRecord } from '@image2model/progress';
import type { FileOfMessage } from '../domain/dead-letter.js';
import { told, type RedriveDeps } from './tell-redrive.js';

/** Files of one retry; further ones come with the next. */
const mostFiles = 1_000;

type Letter = Pick<DeadLetterRecord, 'id' | 'queue' | 'by'> & FileOfMessage;

/**
 * Tries the failed file of a dead letter again, as the next run of its batch, together with those of all other dead
 * letters of the batch that are to be redriven. The run is noted before it is asked for: when this process dies in between,
 * whoever goes on knows that it must not ask for another.
 */
export async function retryDeadFiles(
  deps: RedriveDeps,
  letter: DeadLetterContent,
  target: FileOfMessage,
): Promise<void> {
  const { progress } = deps;
  const batch = await progress.batches.read(target.batchId);
  if (batch === null) return;
  const letters = [{ ...letter, ...target }, ...(await othersOf(deps, letter.id, batch.id))];
  const next = batch.run + 1;
  for (const { id, fileIdx } of letters)
    await progress.deadLetters.waits(
      id,
      `file ${fileIdx} is tried again in run ${next} of ${batch.id}`,
      batch.run,
    );
  const files = [...new Set(letters.map(({ fileIdx }) => fileIdx))];
  const reply = await progress.retries.retry(batch.id, {
    run: batch.run,
    files,
    priceMicro: priceOfFile(batch),
  });
  if (reply.status === 'begun') await progress.lanes.nudge(batch.lane);
  for (const one of letters) await conclude(deps, one, { run: next, begun: reply.status === 'begun' });
}

/** Dead letters of the same batch that wait for the same; one with a new body may be about another file. */
async function othersOf({ progress }: RedriveDeps, id: string, batchId: string): Promise<Letter[]> {
  const { letters } = await progress.deadLetters.list('redriving', { limit: mostFiles, batchId });
  return letters.flatMap((other) =>
    other.id === id || other.fileIdx === null || other.repaired
      ? []
      : [{ ...other, batchId, fileIdx: other.fileIdx }],
  );
}

/** Somebody else may have begun another run, without this file: then it has its turn after that one. */
async function conclude(
  deps: RedriveDeps,
  letter: Letter,
  { run, begun }: { run: number; begun: boolean },
): Promise<void> {
  const { id, batchId, fileIdx } = letter;
  const { deadLetters, batches } = deps.progress;
  const file = await batches.file(batchId, fileIdx);
  if (!begun || file?.state === 'failed') {
    const detail = `file ${fileIdx} is tried again as soon as run ${run} of ${batchId} has ended`;
    await deadLetters.waits(id, detail);
    return told(deps, letter, 'waits', detail);
  }
  const detail = `file ${fileIdx} is tried again in run ${run} of ${batchId}`;
  await deadLetters.redriven(id, detail, true);
  await told(deps, letter, 'retried', detail);
}
