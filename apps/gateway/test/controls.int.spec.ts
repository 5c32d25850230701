import { readEvents, waitFor } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';
import { batchAfter, refused, sendToBatch, type SendToBatch } from './support/batch-requests.js';

let gateway: GatewayUnderTest;
let worker: StandInWorker;
beforeAll(async () => {
  gateway = await startGateway();
  worker = await createStandInWorker(gateway);
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
});

const send: SendToBatch = (...request) => sendToBatch(gateway.client)(...request);
const noop = async (count: number): Promise<string> => (await gateway.client.createNoopBatch(count)).id;

describe('pause and resume', () => {
  it('hold a live batch and let it go on; both may be repeated', async () => {
    const id = await noop(2);
    const first = await batchAfter(send('POST', id, '/pause'));
    expect(first).toMatchObject({ status: 'paused', hold: { reason: 'user' }, eta_seconds: null });
    expect(await batchAfter(send('POST', id, '/pause'))).toEqual(first);
    await expect(worker.start(id, 0)).rejects.toThrow('held');
    expect((await send('GET', id, '/files/0')).body).toMatchObject({ waiting_for: { code: 'paused' } });
    const { body } = await gateway.client.request('GET', '/v1/batches?status=paused');
    expect(body).toMatchObject({ data: [{ id, status: 'paused' }] });
    for (const _ of [1, 2])
      expect(await batchAfter(send('POST', id, '/resume'))).toMatchObject({ status: 'queued', hold: null });
    expect((await send('GET', id, '/files/1')).body).toMatchObject({ waiting_for: { code: 'window' } });
  });

  it('leave an ended batch alone: nothing to pause is 409, nothing to resume is fine', async () => {
    const id = await noop(1);
    await worker.complete(id, 0);
    expect(await refused(send('POST', id, '/pause'), 409)).toMatchObject({ code: 'batch_ended' });
    expect(await batchAfter(send('POST', id, '/resume'))).toMatchObject({ status: 'completed' });
    const going = await noop(1);
    await send('POST', going, '/cancel');
    expect(await refused(send('POST', going, '/pause'), 409)).toMatchObject({ code: 'batch_cancelling' });
  });

  it('are told to who watches', async () => {
    const id = await noop(1);
    const holds: unknown[] = [];
    const watching = (async () => {
      const url = `${gateway.gatewayUrl}/v1/batches/${id}/events`;
      for await (const { event, data } of readEvents({ url, apiKey: gateway.apiKey }))
        if (event === 'snapshot' || event === 'batch.progress') holds.push([data['status'], data['hold']]);
    })();
    await waitFor(() => holds.length === 2);
    await send('POST', id, '/pause');
    await waitFor(() => holds.length === 3);
    await send('POST', id, '/resume');
    await waitFor(() => holds.length === 4);
    expect(holds.slice(1)).toEqual([
      ['queued', null],
      ['paused', expect.objectContaining({ reason: 'user' })],
      ['queued', null],
    ]);
    await worker.complete(id, 0);
    await watching;
  });

  it('do not reach another tenant', async () => {
    const id = await noop(1);
    for (const path of ['/pause', '/resume', '/retry', '/cancel'])
      expect((await gateway.stranger.request('POST', `/v1/batches/${id}${path}`)).status).toBe(404);
    const patched = gateway.stranger.request('PATCH', `/v1/batches/${id}`, {
      body: '{"name":"mine"}',
      headers: { 'content-type': 'application/json' },
    });
    expect((await patched).status).toBe(404);
    expect(await batchAfter(send('GET', id))).toMatchObject({ name: null, hold: null });
  });
});

describe('a change of a batch', () => {
  it('is what it says, all or nothing, and may be repeated', async () => {
    const id = await noop(2);
    const asked = { name: 'chairs', priority: 'high', retention_hours: 3, budget_usd: 1.5 };
    for (const _ of [1, 2])
      expect(await batchAfter(send('PATCH', id, '', asked))).toMatchObject({
        name: 'chairs',
        priority: 'high',
        retention_hours: 3,
        cost: { budget_usd: 1.5 },
      });
    expect(await batchAfter(send('PATCH', id, '', { name: null, budget_usd: null }))).toMatchObject({
      name: null,
      priority: 'high',
      cost: { budget_usd: null },
    });
    await worker.complete(id, 0);
    await worker.complete(id, 1);
    const late = await refused(send('PATCH', id, '', { name: 'late', priority: 'low' }), 409);
    expect(late).toMatchObject({ code: 'batch_ended', detail: expect.stringContaining('priority') });
    expect(await batchAfter(send('PATCH', id, '', { name: 'kept', retention_hours: 9 }))).toMatchObject({
      name: 'kept',
      retention_hours: 9,
    });
  });

  it.each([
    [{ nmae: 'x' }, 'nmae', /not known/],
    [{ priority: 'urgent' }, 'priority', /high, normal, low.*"urgent"/],
    [{ budget_usd: -1 }, 'budget_usd', /at least 0; got -1/],
    [{ budget_usd: 0.0000001 }, 'budget_usd', /6 decimals/],
    [{ budget_usd: '5' }, 'budget_usd', /a number; got "5"/],
    [{ retention_hours: 0 }, 'retention_hours', /at least 1/],
    [{ name: '' }, 'name', /at least 1/],
    [{ settings: {} }, 'settings', /not known/],
  ])('refuses %j', async (asked, path, message) => {
    const id = await noop(1);
    const { errors } = await refused(send('PATCH', id, '', asked), 422);
    expect(errors).toEqual([{ path, message: expect.stringMatching(message) }]);
  });

  it('is JSON', async () => {
    const id = await noop(1);
    const text = gateway.client.request('PATCH', `/v1/batches/${id}`, { body: 'name=x' });
    await refused(text, 415);
    expect((await send('PUT', id, '', {})).headers.get('allow')).toBe('GET, HEAD, PATCH, DELETE');
  });
});
