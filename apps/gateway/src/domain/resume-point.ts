import { eventIdSchema } from '@image2model/contracts';
import { compareStreamIds, type BatchRecord } from '@image2model/progress';
import { HttpProblem } from './http-problem.js';

/** Where an event stream begins. */
export interface ResumePoint {
  /** facts up to and including this one are not sent */
  after: string;
  /** where reading starts: for an ended batch early enough to meet its last fact, even if the client has it */
  readFrom: string;
}

/** Clocks of machines differ; an id from further ahead was never given out. */
const mostAheadMs = 300_000;
/** The last fact of an ended batch is not older than this before its end. */
const beforeEndMs = 2_000;

/** @throws HttpProblem 400 when Last-Event-ID cannot be one of ours */
export function resumePoint(
  lastEventId: string | undefined,
  { finishedAtMs }: Pick<BatchRecord, 'finishedAtMs'>,
  nowMs: number,
): ResumePoint {
  const after = checkedEventId(lastEventId ?? '0-0', nowMs);
  if (finishedAtMs === null) return { after, readFrom: after };
  const nearEnd = `${Math.max(0, finishedAtMs - beforeEndMs)}-0`;
  return { after, readFrom: compareStreamIds(after, nearEnd) < 0 ? after : nearEnd };
}

/** @throws HttpProblem 400 when Last-Event-ID cannot be the id of an event */
export function checkedEventId(lastEventId: string, nowMs: number): string {
  const after = lastEventId.trim();
  const valid = eventIdSchema.safeParse(after).success && Number(after.split('-')[0]) <= nowMs + mostAheadMs;
  if (!valid)
    throw new HttpProblem(400, 'invalid_request', 'Last-Event-ID is not the id of an event of this stream.', {
      errors: [
        {
          path: 'Last-Event-ID',
          message: `must be the id of an event, for example 0-0; got ${after.slice(0, 40)}`,
        },
      ],
    });
  return after;
}
