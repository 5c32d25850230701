import { allDeclarations, exchanges } from '@image2model/contracts';
import { z } from 'zod';
import type { Step } from '../steps.js';
import { part, type ManagementApi } from './management-api.js';

const namedSchema = z.array(z.object({ name: z.string(), type: z.string().optional() }));
const queueSchema = z.array(
  z.object({ name: z.string(), durable: z.boolean(), arguments: z.record(z.string(), z.unknown()) }),
);
const bindingSchema = z.array(
  z.object({ source: z.string(), destination: z.string(), routing_key: z.string() }),
);

/** Every exchange, queue and binding. @param declare does it as the deploy user */
export const topologyStep = (api: ManagementApi, vhost: string, declare: () => Promise<void>): Step => ({
  what: 'RabbitMQ exchanges, queues and bindings',
  look: async () => {
    if ((await api.get(`vhosts/${part(vhost)}`)) === null) return 'missing';
    const [found, queues, bindings] = await Promise.all([
      api.get(`exchanges/${part(vhost)}`),
      api.get(`queues/${part(vhost)}?columns=name,durable,arguments`),
      api.get(`bindings/${part(vhost)}`),
    ]);
    const problems = [
      ...missingExchanges(namedSchema.parse(found ?? [])),
      ...missingQueues(queueSchema.parse(queues ?? [])),
      ...missingBindings(bindingSchema.parse(bindings ?? [])),
    ];
    return problems.length === 0 ? null : `${problems.length} differ: ${problems.slice(0, 3).join(', ')}`;
  },
  change: declare,
});

function missingExchanges(found: z.output<typeof namedSchema>): string[] {
  return Object.values(exchanges)
    .filter(({ name, type }) => !found.some((one) => one.name === name && one.type === type))
    .map(({ name }) => `exchange ${name}`);
}

function missingQueues(found: z.output<typeof queueSchema>): string[] {
  const present = new Map(found.map((queue) => [queue.name, queue]));
  return allDeclarations().flatMap(({ name, arguments: wanted }) => {
    const queue = present.get(name);
    if (queue === undefined) return [`queue ${name}`];
    const differs = Object.entries(wanted).some(([key, value]) => queue.arguments[key] !== value);
    return differs || !queue.durable ? [`queue ${name} (other arguments)`] : [];
  });
}

function missingBindings(found: z.output<typeof bindingSchema>): string[] {
  const keyOf = (exchange: string, queue: string, key: string): string =>
    JSON.stringify([exchange, queue, key]);
  const present = new Set(found.map((one) => keyOf(one.source, one.destination, one.routing_key)));
  return allDeclarations().flatMap(({ name, bindings }) =>
    bindings
      .filter(({ exchange, routingKey }) => !present.has(keyOf(exchange, name, routingKey)))
      .map(({ exchange }) => `binding of ${name} to ${exchange}`),
  );
}
