import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import {
  createVhost,
  startProxy,
  waitFor,
  type Answer,
  type TcpProxy,
  type Vhost,
} from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

let vhost: Vhost;
let rabbit: TcpProxy;
let gateway: GatewayUnderTest;
let worker: StandInWorker;
beforeAll(async () => {
  vhost = await createVhost();
  rabbit = await startProxy(vhost.url);
  gateway = await startGateway({ AMQP_URL: rabbit.url });
  worker = await createStandInWorker(gateway);
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
  await rabbit.close();
  await vhost.close();
});

const path = (id: string, below = ''): string => `/v1/batches/${id}${below}`;
const remove = (id: string): Promise<Answer> => gateway.client.request('DELETE', path(id));
const listed = async (query = ''): Promise<{ ids: unknown[]; next: string | null }> => {
  const { body } = await gateway.client.request('GET', `/v1/batches?limit=2${query}`);
  const page = body as { data: { id: unknown }[]; next_cursor: string | null };
  return { ids: page.data.map(({ id }) => id), next: page.next_cursor };
};

/** A batch that has ended, with models of so many bytes; announced unless said otherwise. */
async function ended(files = 2, bytes = 1_000, announce = true): Promise<string> {
  const { id } = await gateway.client.createNoopBatch(files);
  for (let idx = 0; idx < files; idx += 1) await worker.complete(id, idx, randomBytes(bytes));
  if (announce) await worker.announce(id);
  return id;
}

/** As the maintenance worker does it. */
async function erase(id: string): Promise<void> {
  const tombstone = await worker.redis.deletions.tombstone(id);
  if (tombstone === null) throw new Error(`${id} is not deleted`);
  await rm(join(gateway.storageDir, 'batches', id), { recursive: true });
  await worker.redis.deletions.dropKeys(tombstone, new AbortController().signal);
}

it('answers 204, and then every route of the batch is as if it had never been', async () => {
  const id = await ended();
  expect((await listed()).ids).toContain(id);
  const { status, headers, body } = await remove(id);
  expect([status, headers.get('content-type'), (body as Buffer).length]).toEqual([204, null, 0]);
  const same = { headers: { 'x-request-id': 'same' } };
  const never = `bat_${'0'.repeat(32)}`;
  const routes: [method: string, below: string][] = [
    ['GET', ''],
    ['GET', '/files'],
    ['GET', '/files/0'],
    ['GET', '/files/0/model'],
    ['GET', '/manifest'],
    ['GET', '/results.zip'],
    ['GET', '/audit'],
    ['GET', '/events'],
    ['POST', '/cancel'],
    ['DELETE', ''],
  ];
  for (const [method, below] of routes) {
    const deleted = await gateway.client.request(method, path(id, below), same);
    const absent = await gateway.client.request(method, path(never, below), same);
    expect([method, below, deleted.status]).toEqual([method, below, 404]);
    expect(JSON.stringify(deleted.body).replaceAll(id, never)).toBe(JSON.stringify(absent.body));
  }
  expect((await listed()).ids).not.toContain(id);
});

it('deletes once, however many ask', async () => {
  const id = await ended();
  const answers = await Promise.all(Array.from({ length: 10 }, () => remove(id)));
  expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(9).fill(404)]);
});

it('is 404 for a stranger, and the batch stays', async () => {
  const id = await ended();
  expect((await gateway.stranger.request('DELETE', path(id))).status).toBe(404);
  expect((await gateway.client.getBatch(id)).status).toBe('completed');
});

it('is 409 for a batch that has not ended', async () => {
  const { id } = await gateway.client.createNoopBatch(2);
  expect(await remove(id)).toMatchObject({ status: 409, body: { code: 'batch_not_ended' } });
  await worker.start(id, 0);
  expect((await remove(id)).status).toBe(409);
  await gateway.client.request('POST', path(id, '/cancel'));
  expect(await remove(id)).toMatchObject({ status: 409, body: { code: 'batch_not_ended' } });
  expect((await gateway.client.getBatch(id)).status).toBe('cancelling');
});

it('waits for the completion to be announced, and does not delete what nobody was told of', async () => {
  const soon = await ended(1, 10, false);
  const asked = remove(soon);
  await worker.announce(soon);
  expect((await asked).status).toBe(204);
  const never = await ended(1, 10, false);
  const { status, headers } = await remove(never);
  expect([status, headers.get('retry-after')]).toEqual([503, '5']);
  expect((await gateway.client.getBatch(never)).status).toBe('completed');
});

it('lets a list go on below a cursor whose batch is gone', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.unshift(await ended(1, 10));
  const first = await listed();
  expect(first.ids).toEqual(ids.slice(0, 2));
  expect((await remove(String(first.ids[1]))).status).toBe(204);
  const second = await listed(`&cursor=${first.next}`);
  expect(second.ids).toEqual(ids.slice(2, 4));
});

it('breaks off a download and a manifest that are under way, and never serves a part as the whole', async () => {
  const id = await ended(4, 6_000_000);
  const headers = { authorization: `Bearer ${gateway.apiKey}` };
  const begun = await new Promise<IncomingMessage>((resolve, reject) => {
    get(gateway.gatewayUrl + path(id, '/results.zip'), { headers }, resolve).on('error', reject);
  });
  expect((await remove(id)).status).toBe(204);
  await erase(id);
  await expect(begun.toArray()).rejects.toThrow(/aborted|terminated|ECONNRESET/);

  const large = await gateway.client.createNoopBatch(20_000);
  await worker.redis.batches.requestCancel(large.id);
  while (!(await worker.redis.settlements.cancelWaiting(large.id, 10_000)).done);
  await worker.announce(large.id);
  const manifest = await new Promise<IncomingMessage>((resolve, reject) => {
    get(gateway.gatewayUrl + path(large.id, '/manifest'), { headers }, resolve).on('error', reject);
  });
  expect((await remove(large.id)).status).toBe(204);
  await expect(manifest.toArray()).rejects.toThrow(/aborted|terminated|ECONNRESET/);
});

it('is done when the broker is away: the index has it for the sweep', async () => {
  const id = await ended();
  rabbit.cut();
  expect((await remove(id)).status).toBe(204);
  expect((await gateway.client.request('GET', path(id))).status).toBe(404);
  expect(await worker.redis.deletions.tombstone(id)).toMatchObject({ id, total: 2, erased: false });
  await worker.redis.deletions.remindIn(id, -1);
  expect(await worker.redis.deletions.overdue(100)).toContain(id);
  rabbit.restore();
  await waitFor(() => gateway.logs().includes('not announced to be erased'), { what: 'the log line' });
});
