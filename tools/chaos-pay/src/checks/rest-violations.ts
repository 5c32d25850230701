import { waitFor } from '@image2model/testing';
import type { Rig } from '../rig/open-rig.js';

/** Delayed copies of a message may still come; the longest rung that a settled file leaves behind is shorter. */
const emptyWithinMs = 75_000;

/** What is left over in Redis and RabbitMQ when batches have ended: nothing may be. */
export async function restViolations(rig: Rig, ids: readonly string[]): Promise<string[]> {
  const queues = await queueViolations(rig);
  const redis = await Promise.all(ids.map((id) => redisViolations(rig, id)));
  return [...queues, ...redis.flat(), ...(await slotViolations(rig))];
}

async function queueViolations(rig: Rig): Promise<string[]> {
  let depths: Record<string, number> = {};
  const empty = async (): Promise<boolean> => {
    depths = await rig.depths();
    return Object.keys(depths).length === 0;
  };
  try {
    await waitFor(empty, { timeoutMs: emptyWithinMs, everyMs: 1_000, what: 'empty queues' });
    return [];
  } catch {
    return Object.entries(depths).map(([name, messages]) => `${messages} messages in ${name}`);
  }
}

async function redisViolations({ redis }: Rig, id: string): Promise<string[]> {
  const key = (rest: string): string => `i2m:{${id}}:${rest}`;
  const [money, outbox, due, active, total] = await Promise.all([
    redis('HGET', key('b'), 'reserved'),
    redis('HLEN', key('o')),
    redis('ZCARD', key('due')),
    redis('ZSCORE', 'i2m:active', id),
    redis('STRLEN', key('s')),
  ]);
  const found: string[] = [];
  if (Number(money ?? 0) !== 0) found.push(`${String(money)} micro-USD are still reserved`);
  if (Number(outbox) !== 0) found.push(`${String(outbox)} rows in the outbox`);
  if (Number(due) !== 0) found.push(`${String(due)} files due`);
  if (active !== null) found.push('the batch is still active');
  const nowMs = Date.now();
  const leases = await Promise.all(
    Array.from({ length: Number(total) }, (_, idx) => redis('HGET', key(`a:${idx}`), 'lease')),
  );
  leases.forEach((lease, idx) => {
    if (Number(lease) > nowMs) found.push(`file ${idx} is leased for ${Number(lease) - nowMs} ms more`);
  });
  return found;
}

/** A slot that was never bound ends by its time; a bound one that is kept would stand empty for half an hour. */
async function slotViolations({ redis }: Rig): Promise<string[]> {
  const names = strings(await redis('KEYS', 'i2m:{provider:*}:slots'));
  const kept = async (): Promise<string[]> =>
    (await Promise.all(names.map((name) => redis('HKEYS', name)))).flatMap(strings);
  try {
    await waitFor(async () => (await kept()).length === 0, { timeoutMs: emptyWithinMs, everyMs: 1_000 });
    return [];
  } catch {
    const intents = await kept();
    return [`${intents.length} slots are kept: ${intents.slice(0, 3).join()}`];
  }
}

const strings = (reply: unknown): string[] =>
  Array.isArray(reply) ? reply.filter((item) => typeof item === 'string') : [];
