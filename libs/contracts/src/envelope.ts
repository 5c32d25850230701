import { randomUUID } from 'node:crypto';
import { z } from 'zod';

/** What every message carries around its payload. Ids only: never images, results of other files or secrets. */
export const envelopeSchema = z.strictObject({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(100),
  version: z.int().positive(),
  occurredAt: z.iso.datetime(),
  traceparent: z.string().max(100).optional(),
  batchId: z.string().max(64).optional(),
  fileIdx: z.int().nonnegative().optional(),
  tenant: z.string().max(100).optional(),
  payload: z.unknown(),
});

/** One kind of message: its name, its version and the schema of its whole envelope. */
export interface MessageType<P = unknown> {
  readonly type: string;
  readonly version: number;
  /** `task` asks a service to act (exchange `tasks`), `event` tells a fact (exchange `events`). */
  readonly kind: 'task' | 'event';
  readonly summary: string;
  readonly payload: z.ZodType<P>;
}
export type PayloadOf<M> = M extends MessageType<infer P> ? P : never;

export interface Envelope<P = unknown> {
  id: string;
  type: string;
  version: number;
  /** ISO-8601 UTC */
  occurredAt: string;
  traceparent?: string | undefined;
  batchId?: string | undefined;
  fileIdx?: number | undefined;
  tenant?: string | undefined;
  payload: P;
}

/** Declares a message (messages/<name>.ts); the catalogue lists them all. */
export const defineMessage = <P>(message: MessageType<P>): MessageType<P> => message;

export type EnvelopeInput<P> = { payload: P; id?: string } & Partial<
  Pick<Envelope, 'batchId' | 'fileIdx' | 'tenant' | 'traceparent' | 'occurredAt'>
>;

/** Fills in what the sender did not give: a random id and the present time. */
export function sealEnvelope<P>(type: MessageType<P>, input: EnvelopeInput<P>): Envelope<P> {
  return {
    id: input.id ?? randomUUID(),
    type: type.type,
    version: type.version,
    occurredAt: input.occurredAt ?? new Date().toISOString(),
    ...(input.traceparent === undefined ? {} : { traceparent: input.traceparent }),
    ...(input.batchId === undefined ? {} : { batchId: input.batchId }),
    ...(input.fileIdx === undefined ? {} : { fileIdx: input.fileIdx }),
    ...(input.tenant === undefined ? {} : { tenant: input.tenant }),
    payload: input.payload,
  };
}

/** Why a body was not understood; `reason` goes with it to the dead-letter queue. */
export class InvalidMessage extends Error {
  override readonly name = 'InvalidMessage';
  constructor(
    readonly reason:
      'not_json' | 'not_an_envelope' | 'unexpected_type' | 'unknown_version' | 'invalid_payload',
    detail: string,
  ) {
    super(`${reason}: ${detail}`);
  }
}

/** Parses a body on its way in, once. @throws InvalidMessage naming what is wrong with it */
export function openEnvelope<P>(type: MessageType<P>, body: Uint8Array): Envelope<P> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch (error) {
    throw new InvalidMessage('not_json', error instanceof Error ? error.message : String(error));
  }
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) throw new InvalidMessage('not_an_envelope', firstIssue(envelope.error));
  const { payload, ...head } = envelope.data;
  if (head.type !== type.type)
    throw new InvalidMessage('unexpected_type', `${head.type} instead of ${type.type}`);
  if (head.version !== type.version)
    throw new InvalidMessage(
      'unknown_version',
      `${head.type} v${head.version}; this build reads v${type.version}`,
    );
  const parsed = type.payload.safeParse(payload);
  if (!parsed.success) throw new InvalidMessage('invalid_payload', firstIssue(parsed.error));
  return { ...head, payload: parsed.data };
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'invalid' : `${issue.path.join('.') || '(root)'}: ${issue.message}`;
}
