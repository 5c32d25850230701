import { listHealthQuerySchema } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { healthView } from '../domain/health-view.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';

/** The last health checks, newest first; at most 1,000 are kept. */
export const listHealth = ({ ops }: { ops: Pick<Progress['ops'], 'healthHistory'> }): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/health',
    async handle({ query }) {
      const { limit } = parseRequest(listHealthQuerySchema, query);
      const data = (await ops.healthHistory(limit)).flatMap(healthView);
      return { status: 200, json: { data, next_cursor: null } };
    },
  });
