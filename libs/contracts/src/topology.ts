import type { RungName } from './failures/retry-policy.js';
import { lanes, type Lane } from './lanes.js';
import type { AlertChannel } from './messages/alert-deliver.js';

/** Durable exchanges. Programs outside may bind queues of their own to `events`. */
export const exchanges = {
  tasks: { name: 'tasks', type: 'direct', purpose: 'asks a service to act; routing key = task (and lane)' },
  events: { name: 'events', type: 'topic', purpose: 'tells facts; routing key = event type' },
  retry: { name: 'retry', type: 'direct', purpose: 'to a delay queue; routing key = <rung>.<queue>' },
  deadLetter: {
    name: 'dead-letter',
    type: 'direct',
    purpose: 'to a dead-letter queue; routing key = <queue>.dead',
  },
} as const;

export const services = [
  'gateway',
  'batch-orchestrator',
  'model-worker',
  'maintenance-worker',
  'alert-service',
] as const;
export type ServiceName = (typeof services)[number];

/** One queue that a service works off; `<name>.dead` and `delay.<rung>.<name>` belong to it. */
export interface WorkQueue {
  /** `<service>.<task>[.<lane>]` */
  readonly name: string;
  readonly service: ServiceName;
  readonly exchange: 'tasks' | 'events';
  readonly routingKey: string;
  /** `quorum`, or `priority`: a classic queue with x-max-priority 10 for tasks that are issued again while their cause lasts. */
  readonly type: 'quorum' | 'priority';
  readonly message: string;
  /** The rungs of the retry ladder that this queue has. */
  readonly delays: readonly RungName[];
}

const quick: readonly RungName[] = ['5s', '60s'];
const wholeLadder: readonly RungName[] = ['5s', '15s', '60s', '5m', '15m'];

const laneQueue = (lane: Lane): WorkQueue => ({
  name: `model-worker.model.generate.${lane}`,
  service: 'model-worker',
  exchange: 'tasks',
  routingKey: `model.generate.${lane}`,
  type: 'quorum',
  message: 'model.generate',
  delays: wholeLadder,
});
const eventQueue = (service: ServiceName, message: string): WorkQueue => ({
  name: `${service}.${message}`,
  service,
  exchange: 'events',
  routingKey: message,
  type: 'quorum',
  message,
  delays: quick,
});
const priorityQueue = (service: ServiceName, message: string): WorkQueue => ({
  name: `${service}.${message}`,
  service,
  exchange: 'tasks',
  routingKey: message,
  type: 'priority',
  message,
  delays: quick,
});

const taskQueue = (service: ServiceName, message: string): WorkQueue => ({
  ...eventQueue(service, message),
  exchange: 'tasks',
});

/** Quorum: what was decided to be told is not lost with a node. */
const channelQueue = (channel: AlertChannel): WorkQueue => ({
  ...taskQueue('alert-service', 'alert.deliver'),
  name: `alert-service.alert.deliver.${channel}`,
  routingKey: `alert.deliver.${channel}`,
  delays: wholeLadder,
});

/** Every queue, by the name the code uses. */
export const queues = {
  batchSubmitted: eventQueue('batch-orchestrator', 'batch.submitted'),
  batchCancelRequested: eventQueue('batch-orchestrator', 'batch.cancel-requested'),
  fileSettled: eventQueue('batch-orchestrator', 'file.settled'),
  redriveDeadLetter: taskQueue('batch-orchestrator', 'dead-letter.redrive'),
  generateHigh: laneQueue('high'),
  generateNormal: laneQueue('normal'),
  generateLow: laneQueue('low'),
  generationNotified: eventQueue('model-worker', 'generation.notified'),
  alertSend: priorityQueue('alert-service', 'alert.send'),
  alertToWebhook: channelQueue('webhook'),
  alertToSlack: channelQueue('slack'),
  alertToPagerduty: channelQueue('pagerduty'),
  deadLettered: eventQueue('alert-service', 'message.dead-lettered'),
  batchCompleted: eventQueue('alert-service', 'batch.completed'),
  webhookGather: taskQueue('alert-service', 'webhook.gather'),
  webhookDeliver: { ...taskQueue('alert-service', 'webhook.deliver'), delays: wholeLadder },
  maintenanceRun: priorityQueue('maintenance-worker', 'maintenance.run'),
  eraseBatch: taskQueue('maintenance-worker', 'maintenance.erase-batch'),
} as const satisfies Record<string, WorkQueue>;

/** The queue of each lane. */
export const laneQueues: Readonly<Record<Lane, WorkQueue>> = {
  high: queues.generateHigh,
  normal: queues.generateNormal,
  low: queues.generateLow,
};
/** The queue of each channel that alerts go to. */
export const alertQueues: Readonly<Record<AlertChannel, WorkQueue>> = {
  webhook: queues.alertToWebhook,
  slack: queues.alertToSlack,
  pagerduty: queues.alertToPagerduty,
};
export const workQueues: readonly WorkQueue[] = Object.values(queues);

/** Message priorities on the priority queues (0–10). */
export const priorities = { alert: 10, emergency: 10, healthCheck: 5, cleanUp: 1 } as const;

export const deadQueueName = (queue: string): string => `${queue}.dead`;
export const delayQueueName = (rung: RungName, queue: string): string => `delay.${rung}.${queue}`;
export const delayRoutingKey = (rung: RungName, queue: string): string => `${rung}.${queue}`;

/** The lane of a lane queue's name, for messages that come back from its dead-letter queue. */
export const laneOfQueue = (queue: string): Lane | undefined =>
  lanes.find((lane) => laneQueues[lane].name === queue);
