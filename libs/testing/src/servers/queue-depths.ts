import { z } from 'zod';
import { testServer } from './test-servers.js';

const queuesSchema = z.array(z.object({ name: z.string(), messages: z.number().optional() }));

/**
 * Messages in each queue of a virtual host that has any, those in hand included, by RabbitMQ's management API, which is up to
 * 5 s behind. @param api of another RabbitMQ than the one that the tests share @throws when it does not answer
 */
export async function queueDepths(
  amqpUrl: string,
  api: URL = testServer('amqpApiUrl'),
): Promise<Record<string, number>> {
  const vhost = amqpUrl.slice(amqpUrl.lastIndexOf('/') + 1);
  const login = `${decodeURIComponent(api.username)}:${decodeURIComponent(api.password)}`;
  const response = await fetch(`${api.origin}/api/queues/${vhost}?columns=name,messages`, {
    headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
  });
  if (!response.ok) throw new Error(`the management API answers ${response.status}`);
  const queues = queuesSchema.parse(await response.json());
  return Object.fromEntries(
    queues.flatMap(({ name, messages = 0 }) => (messages > 0 ? [[name, messages]] : [])),
  );
}
