import type { BatchRecord, DeadLetterContent, FileRecord } from '@image2model/progress';
import type { FileOfMessage } from './dead-letter.js';

/** What is known about a dead letter when it is to be redriven. */
export interface RedriveFacts {
  letter: Pick<DeadLetterContent, 'queue' | 'run'>;
  /** false when the topology of this build has no such queue */
  queueKnown: boolean;
  /** why its body cannot be sent; null when it can */
  unfit: string | null;
  /** of a message of a lane: its file, when that can be read */
  target: FileOfMessage | null;
  batch: Pick<BatchRecord, 'state' | 'run' | 'total'> | null;
  file: Pick<FileRecord, 'state'> | null;
}

export type RedrivePlan =
  /** back to its queue, as if for the first time */
  | { do: 'send' }
  /** its file failed and its batch has ended: the next run of the batch, with this file alone */
  | { do: 'retry' }
  /** nothing is left to do @param retried its file was tried again for it */
  | { do: 'close'; detail: string; retried: boolean }
  | { do: 'wait' | 'refuse'; detail: string };

const ended: readonly string[] = ['completed', 'partial', 'failed', 'cancelled'];

/** What a redrive does. A message of a settled file would only be dropped, so the file is retried instead. */
export function planRedrive({ letter, queueKnown, unfit, target, batch, file }: RedriveFacts): RedrivePlan {
  if (!queueKnown)
    return refuse(`this system has no queue ${letter.queue.slice(0, 100)} any more; discard the message`);
  if (unfit !== null) return refuse(unfit);
  if (target === null) return { do: 'send' };
  const { batchId, fileIdx } = target;
  if (batch === null)
    return refuse(`its batch ${batchId} is gone (deleted, or kept no longer); send the image in a new batch`);
  if (file === null) return refuse(`batch ${batchId} has ${batch.total} files, and no file ${fileIdx}`);
  // noted before it was asked for: a retry may pay, so it is not asked for twice
  if (letter.run !== null && batch.run > letter.run)
    return {
      do: 'close',
      retried: true,
      detail: `file ${fileIdx} was tried again in run ${letter.run + 1} of ${batchId}`,
    };
  switch (file.state) {
    case 'pending':
    case 'running':
      return { do: 'send' };
    case 'completed':
      return {
        do: 'close',
        retried: false,
        detail: `file ${fileIdx} of ${batchId} is completed; nothing was left to do`,
      };
    case 'cancelled':
      return refuse(`file ${fileIdx} of ${batchId} was cancelled; send the image in a new batch`);
    case 'failed':
      return ended.includes(batch.state)
        ? { do: 'retry' }
        : {
            do: 'wait',
            detail: `file ${fileIdx} is tried again as soon as run ${batch.run} of ${batchId} has ended`,
          };
  }
}

const refuse = (detail: string): RedrivePlan => ({ do: 'refuse', detail });
