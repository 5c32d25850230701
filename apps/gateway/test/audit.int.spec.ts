import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditChecks, auditSchema, type Audit, type AuditCheckName } from '@image2model/contracts';
import { photo, rawRedis, type Answer, type RawRedis } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

let gateway: GatewayUnderTest;
let worker: StandInWorker;
let redis: RawRedis;
let good: Buffer;
beforeAll(async () => {
  gateway = await startGateway();
  worker = await createStandInWorker(gateway);
  redis = rawRedis(gateway.redisUrl);
  good = await photo();
});
afterAll(async () => {
  await worker.close();
  await gateway.stop();
});

const ask = (id: string): Promise<Answer> => gateway.client.request('GET', `/v1/batches/${id}/audit`);
async function audit(id: string): Promise<Audit> {
  const { status, body } = await ask(id);
  expect({ status, body }).toMatchObject({ status: 200 });
  const found = auditSchema.parse(body);
  expect(found.checks.map(({ name }) => name)).toEqual(auditChecks);
  expect(found.ok).toBe(found.checks.every(({ ok }) => ok));
  return found;
}
/** The checks that are not ok, with what they say. */
async function wrong(id: string): Promise<Partial<Record<AuditCheckName, string>>> {
  const { checks } = await audit(id);
  return Object.fromEntries(checks.flatMap(({ name, ok, detail }) => (ok ? [] : [[name, detail]])));
}

/** Three photos and a file that is none; the first is completed, the second failed, the third too unless `live`. */
async function batchOf({ live = false } = {}): Promise<string> {
  const { id } = await gateway.client.createUploadBatch(
    ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'].map((name) => ({
      name,
      bytes: name === 'd.jpg' ? Buffer.from('no image') : good,
    })),
  );
  await worker.complete(id, 0);
  await worker.fail(id, 1);
  if (live) await worker.start(id, 2);
  else {
    await worker.complete(id, 2);
    await worker.announce(id);
  }
  return id;
}
const hash = (id: string): string => `i2m:{${id}}:b`;
const attempt = (id: string, idx: number): string => `i2m:{${id}}:a:${idx}`;
const inStorage = async (id: string, below: string): Promise<string> =>
  join(gateway.storageDir, 'batches', id, below);
const modelFile = async (id: string, idx: number): Promise<string> =>
  join(gateway.storageDir, (await worker.redis.batches.file(id, idx))?.model?.key ?? 'none');

describe('the audit', () => {
  it('finds nothing wrong with a batch that ended', async () => {
    const { ok, checks } = await audit(await batchOf());
    expect(ok).toBe(true);
    expect(checks.map(({ detail }) => detail)).toEqual([
      '4 files: 2 completed, 2 failed, 0 cancelled, 0 not settled',
      'run 1 is partial; completed once, relayed',
      '4 settled files have the results of their states',
      '0 paid submissions, 0 accepted: the provider embedded costs nothing',
      '2 models, 18 bytes read: sizes, checksums and sidecars',
      'the stored manifest and Redis',
    ]);
  });

  it('finds nothing wrong with one that runs, and says what is to come', async () => {
    const { ok, checks } = await audit(await batchOf({ live: true }));
    expect(ok).toBe(true);
    expect(checks[0]?.detail).toBe('4 files: 1 completed, 2 failed, 0 cancelled, 1 not settled');
    expect(checks[1]?.detail).toBe('run 1 is running: its one completion is to come');
  });

  it('finds nothing wrong with files without images and models, cancelled ones included', async () => {
    const { id } = await gateway.client.createNoopBatch(3);
    await worker.start(id, 0);
    await worker.redis.batches.requestCancel(id);
    while (!(await worker.redis.settlements.cancelWaiting(id, 100)).done);
    await worker.fail(id, 0);
    await worker.announce(id);
    expect(await audit(id)).toMatchObject({ ok: true });
  });

  it('waits a moment for a completion that is being relayed', async () => {
    const { id } = await gateway.client.createNoopBatch(1);
    await worker.fail(id, 0);
    const asked = audit(id);
    await worker.announce(id);
    expect(await asked).toMatchObject({ ok: true });
  });

  it('answers HEAD without an audit, and 404 for who it is not for', async () => {
    const id = await batchOf();
    const head = await fetch(`${gateway.gatewayUrl}/v1/batches/${id}/audit`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${gateway.apiKey}` },
    });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await gateway.stranger.request('GET', `/v1/batches/${id}/audit`)).status).toBe(404);
  });
});

describe('the audit notices', () => {
  it('a counter that differs from the states', async () => {
    const id = await batchOf();
    await redis('HINCRBY', hash(id), 'nS', 1);
    expect(await wrong(id)).toEqual({
      counts: expect.stringContaining('2 are completed and 3 were counted'),
    });
  });

  it('a state that nobody gave, and one too few', async () => {
    const id = await batchOf();
    await redis('SETRANGE', `i2m:{${id}}:s`, 1, '?');
    expect(Object.keys(await wrong(id))).toEqual(expect.arrayContaining(['counts']));
    const short = await batchOf();
    await redis('SET', `i2m:{${short}}:s`, 'SFS');
    expect((await wrong(short)).counts).toContain('3 have a state and the batch has 4');
  });

  it('a completion that was never told, told twice, not relayed or not confirmed', async () => {
    const twice = await batchOf();
    const body = JSON.stringify({ run: 1, status: 'partial' });
    await redis('XADD', `i2m:{${twice}}:e`, '*', 't', 'B', 'd', body);
    expect(await wrong(twice)).toEqual({ completion: expect.stringContaining('told 2 times') });
    const early = await batchOf({ live: true });
    await redis('XADD', `i2m:{${early}}:e`, '*', 't', 'B', 'd', body);
    expect(await wrong(early)).toEqual({ completion: expect.stringContaining('told 1 times') });
    const silent = await batchOf();
    await redis('DEL', `i2m:{${silent}}:e`);
    expect((await wrong(silent)).completion).toMatch(/told 0 times|4 settled files were never told/);
    const unconfirmed = await batchOf();
    await redis('HDEL', hash(unconfirmed), 'notified_at');
    expect(await wrong(unconfirmed)).toEqual({ completion: expect.stringContaining('never confirmed') });
    const waiting = await batchOf();
    await redis('HSET', `i2m:{${waiting}}:o`, 'batch.completed:x:1', body);
    expect(await wrong(waiting)).toEqual({ completion: expect.stringContaining('1 completions wait') });
  });

  it('a file that was told another state than it has', async () => {
    const id = await batchOf();
    await redis('XADD', `i2m:{${id}}:e`, '*', 't', 'F', 'i', 0, 'd', '{}');
    expect((await wrong(id)).completion).toContain('1 files were told another state than they have');
  });

  it('results that are missing, of another state or not to be read', async () => {
    const id = await batchOf();
    await redis('HDEL', attempt(id, 0), 'out', 'res');
    await redis('HSET', attempt(id, 1), 'res', '{"code":1}');
    const found = await wrong(id);
    expect(found.results).toContain('file 0: is completed and was concluded as nothing');
    expect(found.results).toContain('file 1: its result cannot be read');
    const modelless = await batchOf();
    await redis('HSET', attempt(modelless, 0), 'res', '');
    expect(await wrong(modelless)).toEqual({ results: expect.stringContaining('file 0: has no model') });
  });

  it('models that are gone, longer, or of the same length and other bytes', async () => {
    const id = await batchOf();
    await rm(await modelFile(id, 0));
    await appendFile(await modelFile(id, 2), '!');
    const { artefacts } = await wrong(id);
    expect(artefacts).toContain('file 0: its model is not in storage');
    expect(artefacts).toContain('file 2: its model has 10 bytes and 9 were recorded');
    const swapped = await batchOf();
    await writeFile(await modelFile(swapped, 0), 'glTF of 9');
    expect(await wrong(swapped)).toEqual({
      artefacts: expect.stringContaining('file 0: its model has the checksum'),
    });
  });

  it('sidecars that are gone, damaged or lead nowhere; not those of a late attempt', async () => {
    const id = await batchOf();
    await rm(await inStorage(id, 'models/0.json'));
    await writeFile(await inStorage(id, 'models/2.json'), '{');
    const { artefacts } = await wrong(id);
    expect(artefacts).toContain('file 0: its sidecar is not in storage');
    expect(artefacts).toContain('file 2: its sidecar cannot be read');
    const late = await batchOf();
    const sha256 = 'a'.repeat(64);
    const key = `batches/${late}/models/0-${sha256}.glb`;
    const sidecar = { batch_id: late, idx: 0, provider: 'embedded', key, bytes: 3, sha256 };
    await writeFile(await inStorage(late, 'models/0.json'), JSON.stringify(sidecar));
    expect((await wrong(late)).artefacts).toContain('names a model that is not in storage');
    await writeFile(join(gateway.storageDir, key), 'abc');
    expect(await wrong(late)).toEqual({});
  });

  it('a manifest that is gone, no JSON, or of another batch', async () => {
    const [gone, broken, other] = [await batchOf(), await batchOf(), await batchOf()];
    await rm(await inStorage(gone, 'manifest.json'));
    await writeFile(await inStorage(broken, 'manifest.json'), '{"version":1');
    expect(await wrong(gone)).toEqual({ manifest: expect.stringContaining('not in storage') });
    expect(await wrong(broken)).toEqual({ manifest: expect.stringContaining('not JSON') });
    await redis('HSET', hash(other), 'provider', 'noop');
    expect((await wrong(other)).manifest).toContain('provider is embedded in storage and noop in Redis');
  });
});

it('lets two audits run at a time and asks the others to come back', async () => {
  const { id } = await gateway.client.createNoopBatch(50_000);
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(id)));
  // one that is done early makes room for another: more than two may have been answered, never all
  const count = (wanted: number): number => answers.filter(({ status }) => status === wanted).length;
  expect(count(200)).toBeGreaterThanOrEqual(2);
  expect(count(503)).toBeGreaterThan(0);
  expect(count(200) + count(503)).toBe(30);
  expect(answers.find(({ status }) => status === 503)?.headers.get('retry-after')).toBe('10');
  expect((await ask(id)).status).toBe(200);
});
