import { setTimeout as delay } from 'node:timers/promises';
import { allDeclarations } from '@image2model/contracts';
import { createVhost, waitFor, type Vhost } from '@image2model/testing';
import { connect, type Channel, type GetMessage } from 'amqplib';
import { connectBroker, type Broker, type BrokerOptions, type TaskReport } from '../../src/index.js';
import { memoryLogger, type MemoryLogger } from './memory-logger.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

/** Without the counts of this very delivery, which RabbitMQ's versions write differently. */
export function headersOf({ properties }: GetMessage): Record<string, unknown> {
  const {
    'x-delivery-count': _delivered,
    'x-acquired-count': _acquired,
    ...headers
  } = properties.headers ?? {};
  return headers;
}

/** One spec file's broker side: a vhost, a proxy before it, and a plain channel straight to it. */
export interface Fixture {
  readonly vhost: Vhost;
  readonly proxy: TcpProxy;
  readonly logger: MemoryLogger;
  /** What `onTask` of every opened broker reported. */
  readonly tasks: TaskReport[];
  /** Straight to the broker, past the proxy. */
  readonly admin: Channel;
  /** Connects through the proxy; closed by `reset`. */
  open(options?: Partial<BrokerOptions>): Promise<Broker>;
  /** Takes the first message of a queue, waiting for it. */
  take(queue: string): Promise<GetMessage>;
  ready(queue: string): Promise<number>;
  /** Like `ready`, after the moment that a quorum queue takes to get back what a closed channel left unacked. */
  left(queue: string): Promise<number>;
  /** After each test: closes its brokers and empties every queue. A vhost of its own for each test takes a second longer. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function createFixture(): Promise<Fixture> {
  const vhost = await createVhost();
  const proxy = await startTcpProxy(vhost.url);
  const connection = await connect(vhost.url);
  const admin = await connection.createChannel();
  const logger = memoryLogger();
  const brokers: Broker[] = [];
  const tasks: TaskReport[] = [];
  return {
    vhost,
    proxy,
    logger,
    tasks,
    admin,
    async open(options = {}) {
      const onTask = (task: TaskReport): void => void tasks.push(task);
      const given = { url: proxy.url, service: 'spec', logger, drainMs: 2_000, onTask, ...options };
      const broker = await connectBroker(given);
      brokers.push(broker);
      return broker;
    },
    take: (queue) =>
      waitFor(() => admin.get(queue, { noAck: true }), { everyMs: 20, what: `a message in ${queue}` }),
    ready: async (queue) => (await admin.checkQueue(queue)).messageCount,
    async left(queue) {
      let [count, since] = [-1, 0];
      for (;;) {
        const { messageCount } = await admin.checkQueue(queue);
        if (messageCount !== count) [count, since] = [messageCount, Date.now()];
        else if (Date.now() - since >= 1_000) return count;
        await delay(100);
      }
    },
    async reset() {
      proxy.flow();
      await proxy.accept();
      await Promise.all(brokers.splice(0).map((broker) => broker.close()));
      for (const { name } of allDeclarations()) await admin.purgeQueue(name);
      logger.lines.length = 0;
      tasks.length = 0;
    },
    async close() {
      await connection.close();
      await proxy.close();
      await vhost.close();
    },
  };
}
