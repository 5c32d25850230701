import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { standInEndpoints } from './endpoints.js';
import type { Exchange } from './exchange.js';
import { HttpAnswer, notFound } from './http-answer.js';
import type { Job } from './job.js';
import type { FaultAt, FaultRule } from './faults.js';
import { addressesOf } from './request-addresses.js';
import type { World } from './world.js';

type SubmitFault = FaultRule & { fault: FaultAt<'submit'> };
type Submit = Pick<Job, 'endpoint' | 'input' | 'imageUrl' | 'key' | 'ordinal' | 'webhookUrl'>;

const inputSchema = z.record(z.string(), z.unknown());

/** `POST /queue.fal.run/{endpoint}`: the paid one. */
export async function submit(world: World, exchange: Exchange, endpoint: string): Promise<void> {
  const ordinal = world.counts.nextOrdinal();
  try {
    const request = await readSubmit(world, exchange, endpoint, ordinal);
    const rule = world.faults.strike('submit', request);
    if (rule !== null && refuse(world, exchange, rule)) return;
    if (rule?.fault === 'slow_accept') await exchange.wait(rule.delayMs);
    const job = accept(world, request);
    world.counts.submit(rule?.fault ?? 'accepted');
    await answer(world, exchange, job, rule);
  } catch (error) {
    if (error instanceof HttpAnswer) world.counts.submit(String(error.status));
    throw error;
  }
}

async function readSubmit(
  world: World,
  exchange: Exchange,
  endpoint: string,
  ordinal: number,
): Promise<Submit> {
  const key = world.accounts.open(exchange.authorization);
  const known = standInEndpoints[endpoint];
  if (known === undefined) throw notFound(`Application '${endpoint}' not found`);
  const { success, data: input } = inputSchema.safeParse(await exchange.json());
  if (!success)
    throw new HttpAnswer(422, { detail: [{ loc: ['body'], msg: 'not an object', type: 'dict_type' }] });
  const imageUrl = input[known.imageField];
  return {
    endpoint,
    input,
    imageUrl: typeof imageUrl === 'string' ? imageUrl : '',
    key,
    ordinal,
    webhookUrl: exchange.query.get('fal_webhook'),
  };
}

/** @returns true when nothing is accepted and the connection is already dealt with. @throws HttpAnswer for a refusal */
function refuse({ counts }: World, exchange: Exchange, rule: SubmitFault): boolean {
  switch (rule.fault) {
    case 'too_many_requests':
      throw new HttpAnswer(
        429,
        { detail: 'Too many requests. Please try again later.' },
        rule.retryAfterS === null ? {} : { 'retry-after': String(rule.retryAfterS) },
      );
    case 'submit_error':
      throw new HttpAnswer(rule.status ?? 503, { detail: 'Service Unavailable' });
    case 'refused_input':
      throw new HttpAnswer(422, {
        detail: [{ loc: ['body', 'image_url'], msg: 'Invalid image url', type: 'value_error' }],
      });
    case 'reset_before_accept':
      counts.submit(rule.fault);
      exchange.reset();
      return true;
    case 'hang_before_accept':
      counts.submit(rule.fault);
      exchange.hang();
      return true;
    default:
      return false;
  }
}

function accept(world: World, request: Submit): Job {
  const path = world.filePath(request.imageUrl);
  const upload = path === null ? null : world.storage.find(path);
  const isBroken = request.imageUrl === '' || (path !== null && upload?.isImage !== true);
  const model = world.faults.strike('model', request);
  const job: Job = {
    ...request,
    requestId: randomUUID(),
    imageSha256: upload?.sha256 ?? null,
    fault: isBroken ? 'image_load_error' : (world.faults.strike('job', request)?.fault ?? null),
    modelFault: model?.fault ?? null,
    modelBytes: model?.bytes ?? 0,
    acceptedAt: Date.now(),
    startedAt: null,
    finishedAt: null,
    state: 'queued',
    billed: true,
    cancelled: false,
    webhooksSent: 0,
  };
  world.queue.accept(job);
  return job;
}

async function answer(world: World, exchange: Exchange, job: Job, rule: SubmitFault | null): Promise<void> {
  const body = {
    status: 'IN_QUEUE',
    ...addressesOf(world, job),
    queue_position: world.queue.position(job),
    logs: null,
    metrics: {},
  };
  const headers = { 'content-type': 'application/json', 'x-fal-request-id': job.requestId };
  const bytes = Buffer.from(JSON.stringify(body));
  switch (rule?.fault) {
    case 'reset_after_accept':
      return exchange.reset();
    case 'hang_after_accept':
      return exchange.hang();
    case 'half_answer':
      return exchange.sendHalf(200, bytes, headers);
    case 'submit_error_accepted':
      return exchange.send(rule.status ?? 502, { detail: 'Bad Gateway' });
    case 'slow_submit':
      await exchange.wait(rule.delayMs);
      break;
    default:
  }
  exchange.sendBytes(200, bytes, headers);
}
