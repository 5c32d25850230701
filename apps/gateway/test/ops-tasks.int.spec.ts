import { opsTaskListSchema, overviewSchema, type OpsTask } from '@image2model/contracts';
import { createVhost, startProxy, waitFor, type TcpProxy, type Vhost } from '@image2model/testing';
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

const page = async (query: string): Promise<{ data: OpsTask[]; next_cursor: string | null }> => {
  const { status, body } = await gateway.client.request('GET', `/v1/ops/tasks?${query}`);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return opsTaskListSchema.parse(body);
};
async function all(query: string): Promise<OpsTask[]> {
  const found: OpsTask[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data, next_cursor } = await page(`${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    found.push(...data);
    cursor = next_cursor;
  }
  return found;
}
const placesOf = (tasks: readonly OpsTask[]): string[] =>
  tasks.map(({ batch_id, idx }) => `${batch_id}/${idx}`);

describe('tasks by state', () => {
  const ids: string[] = [];
  beforeAll(async () => {
    for (const client of [gateway.client, gateway.stranger, gateway.client])
      ids.push((await client.createNoopBatch(4)).id);
    const [ended = '', running = ''] = ids;
    for (const idx of [0, 1, 2]) await worker.complete(ended, idx);
    await worker.fail(ended, 3);
    await worker.announce(ended);
    await worker.start(running, 2);
    await worker.fail(running, 3);
  });

  it('are those of all tenants: live batches first, the oldest in front, then ended ones', async () => {
    const [ended, running, waiting] = ids;
    const every = [running, waiting, ended].flatMap((id) => [0, 1, 2, 3].map((idx) => `${id}/${idx}`));
    for (const limit of [1, 3, 100]) expect(placesOf(await all(`limit=${limit}`))).toEqual(every);
  });

  it('say who holds them, why they wait and how they failed', async () => {
    const [ended, running] = ids;
    expect(await all('state=running&limit=10')).toEqual([
      expect.objectContaining({
        batch_id: running,
        tenant: 'stranger',
        idx: 2,
        worker: 'stand-in',
        attempts: 1,
        crashes: 0,
        lane: 'normal',
      }),
    ]);
    const pending = await all('state=pending&limit=2');
    expect(pending).toHaveLength(6);
    expect(pending[0]).toMatchObject({ worker: null, waiting_for: { code: 'window' } });
    const failed = await all('state=failed&limit=1');
    expect(placesOf(failed)).toEqual([`${running}/3`, `${ended}/3`]);
    expect(failed[0]?.error).toMatchObject({ code: 'input.truncated' });
    expect(await all('state=cancelled&limit=1')).toEqual([]);
  });

  it('of one batch are found by its id, and one that is not there by none', async () => {
    const [ended = ''] = ids;
    expect(placesOf(await all(`batch_id=${ended}&state=completed&limit=2`))).toEqual(
      [0, 1, 2].map((idx) => `${ended}/${idx}`),
    );
    const absent = await gateway.client.request('GET', `/v1/ops/tasks?batch_id=bat_${'0'.repeat(32)}`);
    expect([absent.status, absent.body]).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
  });

  it.each(['state=busy', 'limit=0', 'cursor=nonsense', 'batch_id=1'])('refuse %s', async (query) => {
    expect((await gateway.client.request('GET', `/v1/ops/tasks?${query}`)).status).toBe(422);
  });
});

it('a page of 100 is quick in the middle of a batch of 100,000 files', async () => {
  const { id } = await gateway.client.createNoopBatch(100_000);
  await worker.start(id, 99_000);
  const best = async (query: string): Promise<number> => {
    const times: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const from = performance.now();
      expect((await page(query)).data.length).toBeGreaterThan(0);
      times.push(performance.now() - from);
    }
    return Math.min(...times);
  };
  const { next_cursor } = await page(`batch_id=${id}&limit=1000`);
  const took = {
    pending: await best(`state=pending&limit=100&batch_id=${id}&cursor=${next_cursor ?? ''}`),
    running: await best(`state=running&limit=100&batch_id=${id}`),
    everywhere: await best('state=running&limit=100'),
  };
  // 100 ms on a quiet machine; this one is shared
  expect(Math.max(...Object.values(took))).toBeLessThan(1_000);
});

it('without the broker the overview still comes, and does not pretend to know its queues', async () => {
  const overview = async (): Promise<unknown> =>
    (await gateway.client.request('GET', '/v1/ops/overview')).body;
  const before = overviewSchema.parse(await overview());
  expect(before.queues).toMatchObject({ dead: 0 });
  expect(before.backlog).toMatchObject({ batches_active: 3, files_running: 2 });
  expect(before.backlog.oldest_waiting_seconds).toBeGreaterThan(0);
  rabbit.cut();
  const away = await waitFor(
    async () => {
      const view = overviewSchema.parse(await overview());
      return view.queues === null ? view : undefined;
    },
    { what: 'an overview without queues' },
  );
  expect(away.lanes.map(({ lane, ready }) => [lane, ready])).toEqual([
    ['high', null],
    ['normal', null],
    ['low', null],
  ]);
  expect(away.backlog.batches_active).toBe(3);
  expect((await gateway.client.request('GET', '/v1/ops/queues')).status).toBe(503);
});
