import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { deadLetterStates } from '@image2model/contracts';
import { z } from 'zod';

/** More of a body is not kept: no message of ours comes near it. */
export const mostBodyBytes = 1_048_576;
const mostHeaderCharacters = 65_536;

export type DeadLetterState = (typeof deadLetterStates)[number];

/** A message that could not be handled, as its queue gave it away. */
export interface DeadLetter {
  /** the work queue it died in */
  queue: string;
  /** a code, a colon and a sentence for people */
  reason: string;
  messageId: string;
  batchId: string | null;
  fileIdx: number | null;
  headers: Readonly<Record<string, unknown>>;
  body: Uint8Array;
  /** of a message of a priority queue */
  priority?: number | undefined;
  /** the dead letter that was redriven and is this one now */
  redriveOf: string | null;
  /** the broker gave it away before: it may be listed already */
  redelivered: boolean;
}

const headSchema = z.object({
  queue: z.string(),
  reason: z.string(),
  messageId: z.string(),
  batchId: z.string().nullable(),
  fileIdx: z.int().nullable(),
  atMs: z.number(),
  bodyBytes: z.int(),
});
const stateSchema = z.object({
  state: z.enum(deadLetterStates),
  at: z.number().nullable().default(null),
  detail: z.string().nullable().default(null),
  by: z.string().nullable().default(null),
  of: z.string().nullable().default(null),
  again: z.string().nullable().default(null),
  run: z.int().nullable().default(null),
  repaired: z.boolean().default(false),
});
const contentSchema = z.object({
  headers: z.record(z.string(), z.unknown()),
  body: z.string(),
  encoding: z.enum(['utf8', 'base64']),
  priority: z.int().min(0).max(255).nullable().default(null),
});

/** An entry of the list, without its body. */
export interface DeadLetterRecord extends z.output<typeof headSchema> {
  id: string;
  state: DeadLetterState;
  stateAtMs: number | null;
  /** what came of its redrive, for people */
  detail: string | null;
  /** who redrove or discarded it */
  by: string | null;
  redriveOf: string | null;
  /** the dead letter that its redrive became */
  diedAgainAs: string | null;
  /** the run after which its file is about to be retried; set while a redrive does that */
  run: number | null;
  /** another body is or was sent instead of its own */
  repaired: boolean;
}

export interface DeadLetterContent extends DeadLetterRecord {
  headers: Record<string, unknown>;
  /** text, or base64 of what is not text; the first MB of a longer one */
  body: string;
  encoding: 'utf8' | 'base64';
  priority: number | null;
  /** what is sent instead */
  repairedBody: string | null;
}

/** How a dead letter is written: an id that follows from what it is, so that a redelivery is known, and its two parts. */
export function packDeadLetter(letter: DeadLetter): {
  id: string;
  file: string;
  head: string;
  content: string;
} {
  const { queue, reason, messageId, batchId, fileIdx } = letter;
  const headers = boundedHeaders(letter.headers);
  const kept = Buffer.from(letter.body).subarray(0, mostBodyBytes);
  const encoding = isUtf8(kept) ? 'utf8' : 'base64';
  const file = batchId === null || fileIdx === null ? '' : `${batchId}:${fileIdx}`;
  const digest = createHash('sha256')
    .update(JSON.stringify([queue, messageId, lasting(headers)]))
    .update(letter.body);
  const head = {
    queue,
    reason,
    messageId,
    batchId,
    fileIdx,
    atMs: Date.now(),
    bodyBytes: letter.body.length,
  };
  return {
    id: `dl_${digest.digest('hex').slice(0, 24)}`,
    file,
    head: JSON.stringify(file === '' ? head : { ...head, file }),
    content: JSON.stringify({
      ...{ headers, body: kept.toString(encoding), encoding },
      priority: letter.priority ?? null,
    }),
  };
}

/** Without what the broker counts up at every delivery. */
const lasting = (headers: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(headers).filter(([name]) => !/^x-(delivery|acquired)-count$/.test(name));

/** Too many headers are not ours: then only those that tell why it died are kept. */
function boundedHeaders(headers: DeadLetter['headers']): Record<string, unknown> {
  if (JSON.stringify(headers).length <= mostHeaderCharacters) return headers;
  const own = Object.entries(headers).filter(
    ([name, value]) => /^i2m-[a-z-]{1,40}$/.test(name) && String(value).length <= 1_000,
  );
  return Object.fromEntries(own.slice(0, 20));
}

/** An entry as Redis holds it; null when a part of it is gone. */
export function parseDeadLetter(
  id: string,
  head: string | null | undefined,
  state: string | null | undefined,
): DeadLetterRecord | null {
  if (head === null || head === undefined || state === null || state === undefined) return null;
  const { at, of, again, ...rest } = stateSchema.parse(JSON.parse(state));
  return {
    id,
    ...headSchema.parse(JSON.parse(head)),
    ...rest,
    stateAtMs: at,
    redriveOf: of,
    diedAgainAs: again,
  };
}

export const parseContent = (text: string): z.output<typeof contentSchema> =>
  contentSchema.parse(JSON.parse(text));
