import type { Exchange } from './exchange.js';
import { HttpAnswer, notFound } from './http-answer.js';
import type { Job } from './job.js';
import { failureOf, outputOf } from './results.js';
import { addressesOf } from './request-addresses.js';
import { playFault } from './play-fault.js';
import type { World } from './world.js';

/** @returns null for an id that is unknown, of another app, or forgotten by fal */
function find(world: World, app: string, requestId: string): Job | null {
  const job = world.queue.find(requestId);
  const isForgotten = job?.fault === 'expired' && job.state === 'completed';
  return job === null || isForgotten || !`${job.endpoint}/`.startsWith(`${app}/`) ? null : job;
}

/** `GET …/requests/{id}/status[?logs=1]`: 202 while it is pending. */
export async function status(world: World, exchange: Exchange, app: string, id: string): Promise<void> {
  world.accounts.open(exchange.authorization);
  const job = find(world, app, id);
  if (job === null) throw notFound('Request not found');
  if (await playFault(world, exchange, 'status', job)) return;
  const logs = exchange.query.get('logs') === '1' ? { logs: logsOf(job) } : {};
  const addresses = addressesOf(world, job);
  if (job.state === 'queued')
    return exchange.send(202, {
      status: 'IN_QUEUE',
      queue_position: world.queue.position(job),
      ...addresses,
      ...logs,
    });
  if (job.state === 'running') return exchange.send(202, { status: 'IN_PROGRESS', ...addresses, ...logs });
  const failure = failureOf(job);
  exchange.send(200, {
    status: 'COMPLETED',
    ...addresses,
    ...logs,
    metrics: { inference_time: ((job.finishedAt ?? 0) - (job.startedAt ?? job.finishedAt ?? 0)) / 1_000 },
    ...(failure === null ? {} : { error: `Request failed with status ${failure.status}` }),
  });
}

/** `GET …/requests/{id}`: what the model answered, good or bad. */
export async function result(world: World, exchange: Exchange, app: string, id: string): Promise<void> {
  world.accounts.open(exchange.authorization);
  const job = find(world, app, id);
  if (job === null) throw notFound('Request not found');
  if (await playFault(world, exchange, 'result', job)) return;
  if (job.state === 'queued' || job.state === 'running')
    throw new HttpAnswer(400, { detail: 'Request is still in progress' });
  const failure = failureOf(job);
  if (failure !== null) throw failure;
  exchange.send(200, outputOf(job, world), { 'x-fal-request-id': job.requestId });
}

/** `PUT …/requests/{id}/cancel`: only a job still in the queue is surely free. */
export function cancel(world: World, exchange: Exchange, app: string, id: string): void {
  world.accounts.open(exchange.authorization);
  const job = find(world, app, id);
  if (job === null) return exchange.send(404, { status: 'NOT_FOUND' });
  const answer = world.queue.cancel(job);
  exchange.send(answer === 'CANCELLATION_REQUESTED' ? 202 : 400, { status: answer });
}

const logsOf = ({ startedAt }: Job): object[] =>
  startedAt === null
    ? []
    : [
        {
          message: 'runner started',
          level: 'INFO',
          source: 'run',
          timestamp: new Date(startedAt).toISOString(),
        },
      ];
