import { closingAfterAll } from '../closing-after-all.js';
import { startCaller, trellis, tripo } from '../../test/fal/caller.js';

jest.setTimeout(20_000);
const closing = closingAfterAll();

describe('the queue protocol', () => {
  it('takes a job, runs it and gives its result, by the addresses of the answer', async () => {
    const caller = closing(await startCaller({ concurrency: 0 }));
    const job = await caller.submitted();
    expect(job.queue_position).toBe(0);
    expect(job.status_url).toBe(`https://queue.fal.run/tripo3d/tripo/requests/${job.request_id}/status`);
    const queued = await caller.ask('GET', `${job.status_url}?logs=1`);
    expect(queued).toMatchObject({ status: 202, body: { status: 'IN_QUEUE', queue_position: 0, logs: [] } });
    expect(await caller.ask('GET', job.response_url)).toMatchObject({ status: 400 });

    caller.fal.control({ concurrency: 1, duration: { kind: 'fixed', ms: 60_000 } });
    const running = await caller.ask('GET', `${job.status_url}?logs=1`);
    expect(running).toMatchObject({
      status: 202,
      body: { status: 'IN_PROGRESS', logs: [{ level: 'INFO' }] },
    });
    caller.fal.control({ finish: true });
    const done = await caller.ask('GET', job.status_url);
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({ status: 'COMPLETED', metrics: { inference_time: expect.any(Number) } });
    expect(done.body).not.toHaveProperty('logs');
    expect((await caller.ask('GET', job.response_url)).body).toMatchObject({
      task_id: job.request_id,
      pbr_model: { file_name: 'model.glb' },
    });
  });

  it('knows requests by owner and app only', async () => {
    const caller = closing(await startCaller());
    const { request_id } = await caller.submitted({ endpoint: trellis });
    const at = (app: string): string => `https://queue.fal.run/${app}/requests/${request_id}/status`;
    expect((await caller.ask('GET', at('fal-ai/trellis'))).status).toBeLessThan(300);
    expect((await caller.ask('GET', at('fal-ai/triposr'))).status).toBe(404);
    expect((await caller.ask('GET', at(tripo))).status).toBe(405);
    expect((await caller.ask('GET', at('fal-ai/trellis').replace(request_id, 'other'))).status).toBe(404);
    expect((await caller.submit({ endpoint: 'fal-ai/nothing' })).status).toBe(404);
    expect((await caller.ask('POST', `https://queue.fal.run/${trellis}`, { body: [] })).status).toBe(422);
  });

  it('gives addresses under the origin when asked to', async () => {
    const caller = closing(await startCaller({ queueUrls: 'origin', fileUrls: 'origin' }));
    const job = await caller.submitted({ image: await caller.upload() });
    expect(job.status_url).toMatch(`${caller.fal.origin}/queue.fal.run/tripo3d/tripo/requests/`);
    expect(caller.fal.ledger()[0]?.image_url).toMatch(`${caller.fal.origin}/v3.fal.media/files/`);
    await caller.completed(job.request_id);
    expect(JSON.stringify((await caller.ask('GET', job.response_url)).body)).not.toContain('https://');
  });

  it('runs as many as it may, first in, first out', async () => {
    const caller = closing(await startCaller({ concurrency: 2, duration: { kind: 'fixed', ms: 60_000 } }));
    const jobs = [];
    for (let at = 0; at < 5; at += 1) jobs.push(await caller.submitted());
    expect(caller.fal.ledger().map(({ state }) => state)).toEqual([
      'running',
      'running',
      'queued',
      'queued',
      'queued',
    ]);
    const last = await caller.ask('GET', jobs[4]?.status_url ?? '');
    expect(last.body).toMatchObject({ queue_position: 2 });
    caller.fal.control({ finish: true });
    expect(caller.fal.ledger().map(({ state }) => state)).toEqual([
      'completed',
      'completed',
      'running',
      'running',
      'queued',
    ]);
    caller.fal.control({ concurrency: 3 });
    expect(caller.fal.stats()).toMatchObject({ busy: 3, queued: 0, unfinished_max: 5, busy_max: 3 });
  });
});

describe('cancel', () => {
  it('takes a job out of the queue for nothing', async () => {
    const caller = closing(await startCaller({ concurrency: 0 }));
    const job = await caller.submitted();
    expect(await caller.ask('PUT', job.cancel_url)).toMatchObject({
      status: 202,
      body: { status: 'CANCELLATION_REQUESTED' },
    });
    expect(caller.fal.ledger()).toMatchObject([{ state: 'cancelled', billed: false, cancelled: true }]);
    caller.fal.control({ concurrency: 1 });
    expect(caller.fal.stats()).toMatchObject({ busy: 0, queued: 0 });
    expect((await caller.ask('GET', job.response_url)).status).toBe(499);
    expect(await caller.ask('PUT', job.cancel_url)).toMatchObject({
      status: 400,
      body: { status: 'ALREADY_COMPLETED' },
    });
  });

  it('lets a running job finish and bills it, or stops it', async () => {
    const caller = closing(await startCaller({ concurrency: 1, duration: { kind: 'fixed', ms: 60_000 } }));
    const one = await caller.submitted();
    const two = await caller.submitted();
    await caller.ask('PUT', one.cancel_url);
    expect(caller.fal.ledger()[0]).toMatchObject({ state: 'running', cancelled: true });
    caller.fal.control({ finish: true });
    expect(caller.fal.ledger()[0]).toMatchObject({ state: 'completed', billed: true });
    expect((await caller.ask('GET', one.response_url)).status).toBe(200);

    caller.fal.control({ cancelRunning: 'stops' });
    await caller.ask('PUT', two.cancel_url);
    expect(caller.fal.ledger()[1]).toMatchObject({ state: 'cancelled', billed: true });
  });

  it('does not know a request that never was', async () => {
    const caller = closing(await startCaller());
    const answer = await caller.ask('PUT', 'https://queue.fal.run/tripo3d/tripo/requests/nothing/cancel');
    expect(answer).toMatchObject({ status: 404, body: { status: 'NOT_FOUND' } });
  });
});

describe('keys', () => {
  const calls = [
    ['POST', `https://queue.fal.run/${tripo}`],
    ['GET', 'https://queue.fal.run/tripo3d/tripo/requests/x/status'],
    ['GET', 'https://queue.fal.run/tripo3d/tripo/requests/x'],
    ['PUT', 'https://queue.fal.run/tripo3d/tripo/requests/x/cancel'],
    ['POST', 'https://rest.fal.ai/storage/upload/initiate'],
    ['POST', 'https://rest.fal.ai/storage/upload/initiate-multipart'],
    ['GET', 'https://api.fal.ai/v1/models/requests/by-endpoint?endpoint_id=x'],
  ] as const;

  it.each(calls)('are looked at by %s %s', async (method, url) => {
    const caller = closing(await startCaller({ keys: { good: 'ok', poor: 'locked', barred: 'forbidden' } }));
    const body = method === 'POST' ? { body: {} } : {};
    const statusWith = async (key: string): Promise<number> =>
      (await caller.ask(method, url, { ...body, key })).status;
    expect(await statusWith('wrong')).toBe(401);
    expect(await statusWith('barred')).toBe(403);
    expect([401, 403]).not.toContain(await statusWith('good'));
    const locked = await caller.ask(method, url, { ...body, key: 'poor' });
    expect(locked).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('User is locked. Reason: Exhausted balance.') },
    });
    expect(caller.fal.ledger().filter(({ key }) => key !== 'good')).toEqual([]);
  });

  it('change while it runs', async () => {
    const caller = closing(await startCaller());
    caller.fal.control({ keys: { 'stand-in-key': 'unknown' } });
    expect((await caller.submit()).status).toBe(401);
    caller.fal.control({ keys: { 'stand-in-key': 'ok' } });
    expect((await caller.submit()).status).toBe(200);
  });
});
