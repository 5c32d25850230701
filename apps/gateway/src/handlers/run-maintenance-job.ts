import { randomUUID } from 'node:crypto';
import type { Broker } from '@image2model/broker';
import { cleanUpSchema, maintenanceRun, priorities, type MaintenanceJob } from '@image2model/contracts';
import { requireConfirm } from '../domain/confirm.js';
import { defineRoute, type ApiReply, type ApiRequest, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { audit, type AuditingParts } from './audit-operator.js';
import { readOptionalJson } from './read-optional-json.js';

interface Parts extends AuditingParts {
  broker: Pick<Broker, 'publish'>;
}

/** Deletes now what is past its retention, or with `emergency` the oldest ended batches whatever theirs. Two spellings, one job. */
export const runCleanUp = (parts: Parts): Route[] =>
  ['/v1/ops/maintenance/clean-up', '/v1/ops/maintenance/cleanup'].map((path) =>
    defineRoute({
      method: 'POST',
      path,
      async handle(request) {
        const { emergency, ...body } = parseRequest(cleanUpSchema, await readOptionalJson(request));
        const job = emergency ? 'emergency-clean-up' : 'clean-up';
        requireConfirm(request, body, job);
        return ask(parts, request, job, emergency ? priorities.emergency : priorities.cleanUp);
      },
    }),
  );

/** Checks the health now; its report comes to `GET /v1/ops/health`. */
export const runHealthCheck = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/maintenance/health-check',
    handle: (request) => ask(parts, request, 'health-check', priorities.healthCheck),
  });

async function ask(
  parts: Parts,
  request: ApiRequest,
  job: MaintenanceJob,
  priority: number,
): Promise<ApiReply> {
  const id = `manual:${randomUUID()}`;
  await parts.broker.publish(maintenanceRun, { id, payload: { job, tick: Date.now() } }, { priority });
  await audit(parts, request, { message: `asked for ${job}`, details: { job, run: id } });
  return { status: 202, json: { job, id } };
}
