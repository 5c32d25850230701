import type { Broker } from '@image2model/broker';
import { deadLetterRedrive, redriveAllSchema, redriveSchema, type RedriveAll } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { requireConfirm } from '../domain/confirm.js';
import { deadLetterContentView } from '../domain/dead-letter-view.js';
import { readRepair } from '../domain/read-repair.js';
import { defineRoute, type ApiRequest, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { audit, byOperator, type AuditingParts } from './audit-operator.js';
import { eachOpen, notOpen } from './open-dead-letters.js';
import { loadDeadLetter } from './read-dead-letters.js';
import { readOptionalJson } from './read-optional-json.js';

interface Parts extends AuditingParts {
  deadLetters: Pick<Progress['deadLetters'], 'get' | 'list' | 'beginRedrive' | 'reopen'>;
  broker: Pick<Broker, 'publish'>;
}

/**
 * Has a dead letter handled again, with its own body or with a repaired one: the message goes back to its queue, or its
 * file is retried when that is settled. What came of it is in the dead letter a moment later. Once: 409 after that.
 */
export const redriveDeadLetter = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/dead-letters/{id}/redrive',
    async handle(request) {
      const { deadLetters } = parts;
      const letter = await loadDeadLetter(deadLetters, request);
      const { body } = parseRequest(redriveSchema, await readOptionalJson(request));
      if (letter.state !== 'open') throw notOpen(letter);
      const repaired = body === undefined ? null : readRepair(letter.queue, body);
      if (!(await begin(parts, request, letter.id, repaired)))
        throw notOpen(await loadDeadLetter(deadLetters, request));
      const message = `asked to redrive dead letter ${letter.id} of ${letter.queue}`;
      const details = { dead_letter_id: letter.id, queue: letter.queue, repaired: repaired !== null };
      await audit(parts, request, { message, details });
      return { status: 202, json: deadLetterContentView(await loadDeadLetter(deadLetters, request)) };
    },
  });

/** The same for all that are open, or for those of one queue or one reason. */
export const redriveAllDeadLetters = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/dead-letters:redrive',
    async handle(request) {
      const asked = parseRequest(redriveAllSchema, await readOptionalJson(request));
      requireConfirm(request, asked, 'dead-letters');
      const count = await redriveEach(parts, request, asked);
      const { queue = null, reason = null } = asked;
      const message = `asked to redrive ${count} dead letters`;
      await audit(parts, request, { message, details: { count, queue, reason } });
      return { status: 202, json: { count } };
    },
  });

async function redriveEach(
  parts: Parts,
  request: ApiRequest,
  { queue, reason }: RedriveAll,
): Promise<number> {
  const filter = { ...(queue === undefined ? {} : { queue }), ...(reason === undefined ? {} : { reason }) };
  return eachOpen(parts.deadLetters, filter, ({ id }) => begin(parts, request, id, null));
}

/** First the state, then the task; a crash in between is healed by the orchestrator. @returns false when it is not open any more */
async function begin(
  { deadLetters, broker }: Parts,
  { caller }: ApiRequest,
  id: string,
  repaired: string | null,
): Promise<boolean> {
  if ((await deadLetters.beginRedrive(id, { by: byOperator(caller), repaired })) !== 'ok') return false;
  try {
    await broker.publish(deadLetterRedrive, { payload: { deadLetterId: id } });
  } catch (error) {
    await deadLetters.reopen(id, 'RabbitMQ did not take the order to redrive it; try again');
    throw error;
  }
  return true;
}
