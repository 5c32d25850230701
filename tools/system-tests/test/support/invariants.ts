import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { followBatch, type BatchView } from '@image2model/testing';
import { wrongFacts } from './facts.js';
import { wrongMoney } from './paid-invariants.js';
import type { Rig } from './rig.js';
import type { WatchedBatch } from './watched-batch.js';

const ends = ['completed', 'failed', 'cancelled'] as const;

interface FileView {
  idx: number;
  status: string;
  error: { code: string } | null;
  generation: { request_id: string | null };
  model: { url: string; bytes: number; sha256: string } | null;
}

/** Everything that is wrong with batches of a system at rest: HTTP, SSE, broker, Redis, storage. */
export async function violationsOfAll(rig: Rig, batches: readonly WatchedBatch[]): Promise<string[]> {
  const found: string[] = [];
  // one after the other: a key may have so many streams open and no more
  for (const batch of batches) found.push(...(await violationsOf(rig, batch)));
  return found;
}

async function violationsOf(rig: Rig, batch: WatchedBatch): Promise<string[]> {
  const view = await rig.client.getBatch(batch.id);
  const files = (await rig.client.listFiles(batch.id)) as unknown as FileView[];
  const statuses = files.map(({ status }) => status);
  const found = [
    ...wrongCounts(batch, view, files),
    ...(await wrongStreams(rig, batch, view, statuses)),
    ...wrongCompletions(rig, batch, view),
    ...(await wrongRedis(rig, batch, statuses)),
    ...(await wrongModels(rig, batch, files)),
    ...(await wrongMoney(rig, batch, view, files)),
  ];
  return found.map((text) => `${batch.id}: ${text}`);
}

function wrongCounts(batch: WatchedBatch, view: BatchView, files: readonly FileView[]): string[] {
  const { counts, status } = view;
  const wrong: string[] = [];
  if (!batch.mayEnd.includes(status)) wrong.push(`ended ${status}, expected ${batch.mayEnd.join(' or ')}`);
  const expected =
    counts.cancelled > 0
      ? 'cancelled'
      : counts.completed === 0
        ? 'failed'
        : counts.failed > 0
          ? 'partial'
          : 'completed';
  if (status !== expected) wrong.push(`is ${status} with ${JSON.stringify(counts)}`);
  for (const end of ends) {
    const are = files.filter((file) => file.status === end).length;
    if (are !== counts[end]) wrong.push(`${are} files are ${end}, the counter says ${counts[end]}`);
  }
  if (ends.reduce((sum, end) => sum + counts[end], 0) !== batch.total)
    wrong.push(`counts ${JSON.stringify(counts)} of ${batch.total}`);
  files.forEach(({ idx, error }, at) => {
    if (idx !== at) wrong.push(`file ${idx} listed as number ${at}`);
    if (error !== null && !batch.mayFailWith.includes(error.code))
      wrong.push(`file ${idx} failed: ${error.code}`);
  });
  if (files.length !== batch.total) wrong.push(`${files.length} files of ${batch.total}`);
  return wrong;
}

async function wrongStreams(
  rig: Rig,
  batch: WatchedBatch,
  view: BatchView,
  files: readonly string[],
): Promise<string[]> {
  const replay = followBatch(rig.client, batch.id, { timeoutMs: 10_000 });
  const clients = await Promise.all([...batch.seen, replay]);
  const factIds = clients.map((events) => events.flatMap(({ id }) => id ?? []).join());
  return [
    ...clients.flatMap((events, at) =>
      wrongFacts(events, files, view.status).map((text) => `client ${at}: ${text}`),
    ),
    ...(new Set(factIds).size === 1 ? [] : ['the clients saw different facts']),
  ];
}

function wrongCompletions(rig: Rig, { id }: WatchedBatch, { status }: BatchView): string[] {
  const told = rig.events.of('batch.completed', id);
  const ids = [...new Set(told.map((event) => event.id))];
  const wrong = told.filter(({ payload }) => payload['status'] !== status).map(({ payload }) => payload);
  return [
    ...(ids.join() === `batch.completed:${id}:1` ? [] : [`completions [${ids.join()}]`]),
    ...(wrong.length === 0 ? [] : [`is ${status}, but was told ${JSON.stringify(wrong[0])}`]),
  ];
}

async function wrongRedis({ redis }: Rig, { id }: WatchedBatch, files: readonly string[]): Promise<string[]> {
  const key = (rest: string): string => `i2m:{${id}}:${rest}`;
  const letters = files.map((status) => ({ completed: 'S', failed: 'F', cancelled: 'X' })[status] ?? '?');
  const [states, counters, outbox, due, active, lane, now] = await Promise.all([
    redis('GET', key('s')),
    redis('HMGET', key('b'), 'nR', 'nS', 'nF', 'nX'),
    redis('HLEN', key('o')),
    redis('ZCARD', key('due')),
    redis('ZSCORE', 'i2m:active', id),
    redis('ZSCORE', 'i2m:lane:normal', id),
    redis('TIME'),
  ]);
  const wrong: string[] = [];
  if (states !== letters.join('')) wrong.push(`states ${String(states)}`);
  const counted = [0, ...['S', 'F', 'X'].map((letter) => letters.filter((own) => own === letter).length)];
  const kept = (counters as (string | null)[]).map(Number);
  if (kept.join() !== counted.join()) wrong.push(`counters ${kept.join()}, states say ${counted.join()}`);
  if (outbox !== '0') wrong.push(`${String(outbox)} rows in the outbox`);
  if (due !== '0') wrong.push(`${String(due)} files due`);
  if (active !== null) wrong.push('still active');
  if (lane !== null) wrong.push('still in its lane');
  const leases = await Promise.all(files.map((_, idx) => redis('HGET', key(`a:${idx}`), 'lease')));
  const nowMs = Number((now as string[])[0]) * 1_000;
  leases.forEach((lease, idx) => {
    if (Number(lease) > nowMs) wrong.push(`file ${idx} is leased`);
  });
  return wrong;
}

async function wrongModels(rig: Rig, { id }: WatchedBatch, files: readonly FileView[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { idx, model } of files) {
    if (model === null) continue;
    const path = join(rig.storageDir, 'batches', id, 'models', `${idx}-${model.sha256}.glb`);
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== model.sha256 || bytes.length !== model.bytes)
      wrong.push(`the model of file ${idx} is not what its result says`);
  }
  return wrong;
}
