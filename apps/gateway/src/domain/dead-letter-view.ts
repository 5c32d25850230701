import type { DeadLetterView } from '@image2model/contracts';
import { mostBodyBytes, type DeadLetterContent, type DeadLetterRecord } from '@image2model/progress';
import { isoTime, isoTimeOrNull } from './batch-view.js';

/** An entry of the list: all but its content. */
export const deadLetterView = (letter: DeadLetterRecord): DeadLetterView => ({
  id: letter.id,
  at: isoTime(letter.atMs),
  queue: letter.queue,
  reason: letter.reason,
  message_id: letter.messageId,
  batch_id: letter.batchId,
  file_idx: letter.fileIdx,
  state: letter.state,
  state_at: isoTimeOrNull(letter.stateAtMs),
  detail: letter.detail,
  by: letter.by,
  redrive_of: letter.redriveOf,
  died_again_as: letter.diedAgainAs,
  body_bytes: letter.bodyBytes,
});

export const deadLetterContentView = (letter: DeadLetterContent): DeadLetterView => ({
  ...deadLetterView(letter),
  headers: letter.headers,
  body: letter.body,
  body_encoding: letter.encoding,
  body_truncated: letter.bodyBytes > mostBodyBytes,
  ...(letter.repairedBody === null ? {} : { repaired_body: letter.repairedBody }),
});
