import { delayQueueName, queues, workQueues, type ServiceName } from '@image2model/contracts';
import { attemptAmqp, type AmqpOperation, type RawRedis } from '@image2model/testing';
import type { ManagementApi } from './management-api.js';

/** One user's ways in. */
export interface Login {
  readonly amqpUrl: string;
  readonly redis: RawRedis;
  readonly api: ManagementApi;
  /** `user:password` */
  readonly apiLogin: string | undefined;
}

/** What a service's user may not do. An administrator may: else it would be refused for another reason. */
export interface Forbidden {
  readonly what: string;
  /** @returns null when it was done, or what the server said */
  attempt(login: Login): Promise<string | null>;
}

/** Written here by hand, past the data that the rights are made from. */
interface Foreign {
  /** exchange and routing key that it may not publish with */
  publishes: readonly [exchange: string, routingKey: string][];
  /** a queue that it may not read */
  queue: string;
  /** keys that it may not write */
  writes: readonly string[];
  /** keys that it may not even read */
  reads: readonly string[];
  channel: string;
}

const batch = 'i2m:{bat_00000000000000000000000000000000}';
const stranger = queues.batchCompleted.name;
const foreign: Readonly<Record<ServiceName, Foreign>> = {
  gateway: {
    publishes: [
      ['events', 'file.settled'],
      ['events', 'batch.completed'],
      ['retry', 'nowhere'],
      ['dead-letter', 'nowhere'],
      ['', stranger],
    ],
    queue: queues.fileSettled.name,
    writes: ['i2m:health', 'i2m:schedules', 'i2m:alert:x', 'i2m:clean-up', 'i2m:elected:x', `${batch}:dl`],
    reads: ['i2m:alert:x', 'i2m:alerts', 'i2m:webhook-endpoint:t:x'],
    channel: 'i2m:alert-posted',
  },
  'batch-orchestrator': {
    publishes: [
      ['events', 'file.settled'],
      ['events', 'batch.submitted'],
    ],
    queue: queues.generateNormal.name,
    writes: [`${batch}:l`, `${batch}:w`, `${batch}:x`, 'i2m:deletions', 'i2m:effect:x', 'i2m:{spend:t}:0'],
    reads: [`${batch}:l`, 'i2m:idempotency:t:x', 'i2m:{spend:t}:0', 'i2m:health'],
    channel: 'i2m:generation',
  },
  'model-worker': {
    publishes: [
      ['events', 'batch.completed'],
      ['events', 'batch.submitted'],
      ['', stranger],
    ],
    queue: queues.fileSettled.name,
    writes: [
      `${batch}:o`,
      `${batch}:x`,
      'i2m:deletions',
      'i2m:expiry',
      'i2m:active',
      'i2m:{dead-letters}:heads',
    ],
    reads: ['i2m:idempotency:t:x', 'i2m:tenant:t:batches', `${batch}:d:x`, 'i2m:{dead-letters}:contents'],
    channel: 'i2m:alert-posted',
  },
  'maintenance-worker': {
    publishes: [
      ['events', 'batch.completed'],
      ['', stranger],
    ],
    queue: `${queues.maintenanceRun.name}.dead`,
    writes: ['i2m:idempotency:t:x', 'i2m:lane:high', 'i2m:{spend:t}:0', 'i2m:alert:x', 'i2m:governors'],
    reads: ['i2m:idempotency:t:x', 'i2m:{spend:t}:0', 'i2m:alert:x'],
    channel: 'i2m:generation',
  },
  'alert-service': {
    publishes: [
      ['events', 'batch.completed'],
      ['events', 'file.settled'],
      ['', queues.fileSettled.name],
    ],
    queue: queues.generateHigh.name,
    writes: [`${batch}:s`, `${batch}:a:0`, `${batch}:f`, `${batch}:x`, 'i2m:active', 'i2m:{provider:x}:g'],
    reads: [
      `${batch}:l`,
      'i2m:idempotency:t:x',
      'i2m:{dead-letters}:contents',
      'i2m:{spend:t}:0',
      'i2m:active',
    ],
    channel: 'i2m:nudge',
  },
};

const amqp = (what: string, operation: AmqpOperation): Forbidden => ({
  what: `RabbitMQ: ${what}`,
  attempt: ({ amqpUrl }) => attemptAmqp(amqpUrl, operation),
});

const redis = (...command: (string | number)[]): Forbidden => ({
  what: `Redis: ${command.join(' ')}`,
  attempt: ({ redis: ask }) =>
    ask(...command).then(
      () => null,
      (error: unknown) => String(error),
    ),
});

const management = (method: string, path: string): Forbidden => ({
  what: `management API: ${method} ${path}`,
  attempt: async ({ api, apiLogin }) => {
    const status = await api.ask(method, path, apiLogin === undefined ? {} : { login: apiLogin });
    return status < 300 ? null : String(status);
  },
});

const onServers: readonly Forbidden[] = [
  ...[redis('CONFIG', 'SET', 'hz', '10'), redis('CONFIG', 'GET', 'requirepass'), redis('KEYS', '*')],
  ...[redis('ACL', 'LIST'), redis('ACL', 'SETUSER', 'intruder', 'on'), redis('DEBUG', 'SLEEP', '0')],
  ...[redis('CLIENT', 'LIST'), redis('SCRIPT', 'FLUSH'), redis('REPLICAOF', 'NO', 'ONE')],
  ...[redis('FUNCTION', 'LIST'), redis('SWAPDB', '1', '2'), redis('FLUSHDB'), redis('FLUSHALL')],
  ...[redis('SET', 'not-ours', '1'), redis('GET', 'not-ours')],
  ...[management('GET', 'overview'), management('GET', 'queues')],
  amqp('declare a queue', { do: 'declare', queue: 'somebody.new' }),
  amqp('delete a queue of others', { do: 'delete', queue: 'delay.60s.alert-service.webhook.gather' }),
];

/** Everything that is tried for a service; what breaks the system comes last. */
export function forbiddenOf(service: ServiceName): Forbidden[] {
  const { publishes, queue, writes, reads, channel } = foreign[service];
  const own = workQueues.find((one) => one.service === service)?.name;
  const ofOwn =
    own === undefined
      ? []
      : [
          amqp(`bind ${own} to all events`, { do: 'bind', queue: own, exchange: 'events', routingKey: '#' }),
          amqp(`delete a queue of its own`, { do: 'delete', queue: delayQueueName('5s', own) }),
        ];
  return [
    ...publishes.map(([exchange, routingKey]) =>
      amqp(`publish to "${exchange}" as ${routingKey}`, { do: 'publish', exchange, routingKey }),
    ),
    amqp(`read ${queue}`, { do: 'get', queue }),
    amqp(`empty ${queue}`, { do: 'purge', queue }),
    ...ofOwn,
    ...writes.map((key) => redis('DEL', key)),
    ...reads.map((key) => redis('EXISTS', key)),
    redis('EVAL', `return redis.call('DEL', '${writes[0]}')`, 0),
    redis('EVAL', "return redis.call('DEL', KEYS[1])", 1, writes[0] ?? ''),
    redis('PUBLISH', channel, 'x'),
    redis('SUBSCRIBE', channel),
    ...(service === 'maintenance-worker' ? [] : [redis('SCAN', '0')]),
    ...onServers,
  ];
}
