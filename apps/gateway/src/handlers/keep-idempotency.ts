import { httpLimits } from '@image2model/contracts';
import type { IdempotencyKey, KeyedAnswer, Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { z } from 'zod';
import { HttpProblem, invalidRequest } from '../domain/http-problem.js';
import type { ApiReply, ApiRequest } from '../domain/route.js';
import { shown } from '../domain/zod-problem.js';
import type { Undo } from './undo-acceptance.js';

export interface KeepingParts {
  idempotency: Pick<
    Progress['idempotency'],
    'begin' | 'renew' | 'prepare' | 'accept' | 'free' | 'renewEveryMs'
  >;
  undo: Undo;
  logger: Logger;
}

/** A request that may create its batch. */
export interface Turn {
  readonly keyed: boolean;
  /** The last step before the activation. @throws HttpProblem 409 when another request has the key now */
  prepare(bodyHash: string, reply: CreatedReply): Promise<void>;
  /** The batch is active. Never throws: a repeat finds that out by itself. */
  accepted(): Promise<void>;
  /** What to answer to a failure: who lost the key may have failed because the other one tidies up behind it. */
  reason(error: unknown): Promise<unknown>;
  /** The batch will not be: the same request may come again. @returns false when it is active all the same */
  readonly free: (() => Promise<boolean>) | undefined;
  /** The request is over. */
  stop(): void;
}

/** The answer to a created batch. */
export interface CreatedReply {
  status: number;
  headers: { Location: string };
  json: unknown;
}
const createdReply = z.object({
  status: z.int(),
  headers: z.object({ Location: z.string() }),
  json: z.unknown(),
});

const header = 'Idempotency-Key';
const printable = new RegExp(`^[\\x20-\\x7e]{1,${httpLimits.idempotencyKeyCharacters}}$`);

/** The key of a request, if it has one. @throws HttpProblem 400 */
function keyOf(request: ApiRequest): IdempotencyKey | null {
  const key = request.header(header);
  if (key === undefined) return null;
  if (printable.test(key)) return { tenant: request.caller.tenant, key };
  const limit = `must have 1 to ${httpLimits.idempotencyKeyCharacters} printable ASCII characters`;
  const got = key.length > 80 ? `${key.length} characters` : shown(key);
  throw invalidRequest([{ path: header, message: `${limit}; got ${got}` }], 400);
}

const inFlight = (): HttpProblem =>
  new HttpProblem(
    409,
    'idempotency_in_flight',
    `A request with this ${header} is being answered; send it again in a moment.`,
    { headers: { 'Retry-After': '2' } },
  );

const noKey: Turn = {
  keyed: false,
  prepare: async () => undefined,
  accepted: async () => undefined,
  reason: async (error) => error,
  free: undefined,
  stop: () => undefined,
};

/**
 * Before anything of the batch exists. @returns the turn to create it, or what an earlier request with the same key was
 * answered. @throws HttpProblem 400 for a bad key, 409 while another request has it
 */
export async function takeTurn(
  parts: KeepingParts,
  request: ApiRequest,
  batchId: string,
): Promise<Turn | KeyedAnswer> {
  const key = keyOf(request);
  if (key === null) return noKey;
  const begun = await parts.idempotency.begin(key, batchId);
  if (begun.status === 'busy') throw inFlight();
  if (begun.status === 'accepted') return begun;
  // what a process that died has left of this request's first try
  if (begun.replaced !== null) await parts.undo.undo(begun.replaced, true);
  return keyedTurn(parts, key, batchId);
}

function keyedTurn({ idempotency, logger }: KeepingParts, key: IdempotencyKey, batchId: string): Turn {
  const alive = setInterval(() => {
    // a renewal that fails is tried again; the lease outlasts three
    idempotency.renew(key, batchId).catch(() => undefined);
  }, idempotency.renewEveryMs);
  return {
    keyed: true,
    prepare: async (bodyHash, reply) => {
      const answer = JSON.stringify(reply);
      if (!(await idempotency.prepare(key, batchId, { bodyHash, answer }))) throw inFlight();
    },
    accepted: () =>
      idempotency
        .accept(key, batchId)
        .catch((error: unknown) => logger.warn('a repeat may have to wait', { batchId, error })),
    reason: async (error) => {
      if (error instanceof HttpProblem) return error;
      return (await idempotency.renew(key, batchId).catch(() => true)) ? error : inFlight();
    },
    free: () => idempotency.free(key, batchId),
    stop: () => clearInterval(alive),
  };
}

/** The kept answer to the same request. @throws HttpProblem 422 when the body is another one */
export function repeatedReply(kept: KeyedAnswer, bodyHash: string): ApiReply {
  if (kept.bodyHash !== bodyHash)
    throw new HttpProblem(
      422,
      'idempotency_key_reused',
      `This ${header} was used for a request with another body; a new request needs a new key.`,
    );
  const { headers, ...reply } = createdReply.parse(JSON.parse(kept.answer));
  return { ...reply, headers: { ...headers, 'Idempotent-Replayed': 'true' } };
}
