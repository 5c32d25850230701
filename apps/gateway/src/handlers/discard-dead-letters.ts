import { discardAllQuerySchema } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { requireConfirm } from '../domain/confirm.js';
import { deadLetterView } from '../domain/dead-letter-view.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { audit, byOperator, type AuditingParts } from './audit-operator.js';
import { eachOpen, notOpen } from './open-dead-letters.js';
import { loadDeadLetter } from './read-dead-letters.js';

interface Parts extends AuditingParts {
  deadLetters: Pick<Progress['deadLetters'], 'get' | 'list' | 'discard'>;
}

/** Nobody wants it any more. It stays listed, as discarded, until it is old. */
export const discardDeadLetter = (parts: Parts): Route =>
  defineRoute({
    method: 'DELETE',
    path: '/v1/ops/dead-letters/{id}',
    async handle(request) {
      const { deadLetters } = parts;
      const letter = await loadDeadLetter(deadLetters, request);
      requireConfirm(request, {}, letter.id);
      if (letter.state === 'discarded') return { status: 200, json: deadLetterView(letter) };
      const reply = await deadLetters.discard(letter.id, byOperator(request.caller));
      const now = await loadDeadLetter(deadLetters, request);
      if (reply !== 'ok' && now.state !== 'discarded') throw notOpen(now);
      const message = `discarded dead letter ${letter.id} of ${letter.queue}`;
      const details = { dead_letter_id: letter.id, queue: letter.queue };
      await audit(parts, request, { event: 'dead-letter.discarded', message, details });
      return { status: 200, json: deadLetterView(now) };
    },
  });

/** The same for all that are open, or for those of one queue. */
export const discardAllDeadLetters = (parts: Parts): Route =>
  defineRoute({
    method: 'DELETE',
    path: '/v1/ops/dead-letters',
    async handle(request) {
      const { queue } = parseRequest(discardAllQuerySchema, request.query);
      requireConfirm(request, {}, 'dead-letters');
      const by = byOperator(request.caller);
      const count = await eachOpen(
        parts.deadLetters,
        queue === undefined ? {} : { queue },
        async ({ id }) => (await parts.deadLetters.discard(id, by)) === 'ok',
      );
      const message = `discarded ${count} dead letters`;
      const details = { count, queue: queue ?? null };
      await audit(parts, request, { event: 'dead-letter.discarded', message, details });
      return { status: 200, json: { count } };
    },
  });
