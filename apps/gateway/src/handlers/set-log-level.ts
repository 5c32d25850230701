import { logLevelSchema } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { isoTime } from '../domain/batch-view.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { audit, byOperator, type AuditingParts } from './audit-operator.js';
import { readJsonBody } from './read-optional-json.js';

interface Parts extends AuditingParts {
  orders: Pick<Progress['orders'], 'setLogLevel'>;
}

/** How much the services log, for a while: they hear of it within seconds and go back by themselves. */
export const setLogLevel = (parts: Parts): Route =>
  defineRoute({
    method: 'PUT',
    path: '/v1/ops/log-level',
    async handle(request) {
      const { level, service, minutes } = parseRequest(logLevelSchema, await readJsonBody(request));
      await parts.orders.setLogLevel({ level, service, minutes, by: byOperator(request.caller) });
      const where = service ?? 'all services';
      const message =
        level === 'default'
          ? `log level of ${where} is as configured again`
          : `log level of ${where} is ${level} for ${minutes} min`;
      const details = { level, service: service ?? null, minutes };
      await audit(parts, request, { event: 'log-level.changed', message, details });
      const until = level === 'default' ? null : isoTime(Date.now() + minutes * 60_000);
      return { status: 200, json: { level, service: service ?? null, until } };
    },
  });
