import { confirmedSchema, Failure } from '@image2model/contracts';
import { requireConfirm } from '../domain/confirm.js';
import { HttpProblem } from '../domain/http-problem.js';
import { knownQueues } from '../domain/queue-view.js';
import { defineRoute, type Route } from '../domain/route.js';
import { unknownName } from '../domain/unknown-name.js';
import { parseRequest } from '../domain/zod-problem.js';
import { audit, type AuditingParts } from './audit-operator.js';
import { readOptionalJson } from './read-optional-json.js';

interface Parts extends AuditingParts {
  broker: { purge(queue: string): Promise<number> };
}

/**
 * Drops what is ready in a queue. No batch is lost by it: what a purged message asked for is noticed to be overdue and
 * asked for again. Messages that are in work stay.
 */
export const purgeQueue = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/queues/{queue}/purge',
    async handle(request) {
      const queue = request.params['queue'] ?? '';
      const names = knownQueues.map(({ name }) => name);
      if (!names.includes(queue)) throw unknownName('queue', queue, names);
      const body = parseRequest(confirmedSchema, await readOptionalJson(request));
      requireConfirm(request, body, queue);
      const purged = await parts.broker.purge(queue).catch((error: unknown) => {
        throw refusalOf(error) ?? error;
      });
      const message = `purged ${purged} ${purged === 1 ? 'message' : 'messages'} from ${queue}`;
      await audit(parts, request, { event: 'queue.purged', message, details: { queue, purged } });
      return { status: 200, json: { queue, purged } };
    },
  });

/** 403 where the installation leaves the gateway no right to empty queues: no repeat of the request will change that. */
function refusalOf(error: unknown): HttpProblem | undefined {
  if (!(error instanceof Failure) || error.code !== 'dependency.refused') return undefined;
  const detail =
    'The RabbitMQ user of the gateway may not empty queues here. Run the bootstrap job with BOOTSTRAP_ALLOW_PURGE=true, or use rabbitmqctl purge_queue.';
  return new HttpProblem(403, 'purge_not_allowed', detail, { cause: error });
}
