import { queueView, knownQueues } from '../domain/queue-view.js';
import { defineRoute, type Route } from '../domain/route.js';
import type { OpsLooks } from './ops-looks.js';

/** Every queue of the topology: what waits, what is in work, who consumes, how fast. */
export const listQueues = ({ looks }: { looks: OpsLooks }): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/queues',
    async handle() {
      const [depths, fleet] = await Promise.all([looks.depths(), looks.fleet()]);
      const data = knownQueues.map((queue) => queueView(queue, depths, fleet));
      return { status: 200, json: { data, next_cursor: null } };
    },
  });
