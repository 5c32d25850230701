import type { Exchange } from './exchange.js';
import { HttpAnswer, notFound } from './http-answer.js';
import type { Job } from './job.js';
import { failureOf } from './results.js';
import type { World } from './world.js';

const dayMs = 86_400_000;

/** `GET /api.fal.ai/v1/models/requests/by-endpoint`: accepted jobs of the key, newest first, in pages. */
export function listRequests(world: World, exchange: Exchange): void {
  const key = world.accounts.open(exchange.authorization);
  const { query } = exchange;
  const endpoint = query.get('endpoint_id') ?? '';
  const rule = world.faults.strike('listing', { imageUrl: '', endpoint, ordinal: 0 });
  if (rule !== null) throw new HttpAnswer(rule.status ?? 503, { detail: 'Service Unavailable' });
  if (!world.listing.enabled) throw notFound();
  if (endpoint === '') throw new HttpAnswer(422, { detail: 'endpoint_id is needed' });
  const now = Date.now();
  const from = timeOf(query, 'start', now - dayMs);
  const to = timeOf(query, 'end', now + 1);
  const { lagMs, finishedOnly } = world.listing;
  const jobs = [...world.queue.all()].filter(
    (job) =>
      job.key === key &&
      job.endpoint === endpoint &&
      job.acceptedAt >= from &&
      job.acceptedAt < to &&
      job.acceptedAt + lagMs <= now &&
      (!finishedOnly || job.finishedAt !== null),
  );
  exchange.send(200, pageOf(world, jobs.reverse(), query));
}

function pageOf(world: World, jobs: readonly Job[], query: URLSearchParams): object {
  const size = Math.min(Number(query.get('limit') ?? world.options.listingPage), world.options.listingPage);
  const cursor = query.get('cursor');
  const page = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64').toString());
  if (!Number.isInteger(page) || !(size >= 1))
    throw new HttpAnswer(422, { detail: 'Invalid cursor or limit' });
  const hasMore = jobs.length > (page + 1) * size;
  return {
    items: jobs.slice(page * size, (page + 1) * size).map((job) => itemOf(job, world)),
    next_cursor: hasMore ? Buffer.from(String(page + 1)).toString('base64') : null,
    has_more: hasMore,
  };
}

function itemOf(job: Job, { listing: { inputAs } }: World): object {
  const inputs = { object: job.input, string: JSON.stringify(job.input), none: undefined };
  const isOver = job.finishedAt !== null && job.startedAt !== null;
  return {
    request_id: job.requestId,
    endpoint_id: job.endpoint,
    sent_at: new Date(job.acceptedAt).toISOString(),
    started_at: job.startedAt === null ? null : new Date(job.startedAt).toISOString(),
    ended_at: job.finishedAt === null ? null : new Date(job.finishedAt).toISOString(),
    status_code: job.finishedAt === null ? null : (failureOf(job)?.status ?? 200),
    duration: isOver ? (Number(job.finishedAt) - Number(job.startedAt)) / 1_000 : null,
    json_input: inputs[inputAs],
  };
}

/** @throws HttpAnswer 422 for a time that is none */
function timeOf(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  const ms = text === null ? otherwise : Date.parse(text);
  if (Number.isNaN(ms)) throw new HttpAnswer(422, { detail: `${name} is not a time` });
  return ms;
}
