import { newBatchId, type Problem } from '@image2model/contracts';
import { connectProgress, type NewBatch, type Progress } from '@image2model/progress';
import { paddedJpeg, photo, uploadForm, waitFor, type Answer, type BatchView } from '@image2model/testing';
import { jsonFingerprint } from '../src/domain/body-fingerprint.js';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { beginUpload } from './support/slow-upload.js';

let gateway: GatewayUnderTest;
/** What a process that died holds ends at once: its leases are over. */
let dead: Progress;
let good: Buffer;
beforeAll(async () => {
  gateway = await startGateway();
  const logger = { warn: () => undefined, error: () => undefined };
  dead = await connectProgress({ url: gateway.redisUrl, logger, idempotencyLeaseMs: -1 });
  good = await photo();
});
afterAll(async () => {
  await dead.close();
  await gateway.stop();
});

let n = 0;
const newKey = (): string => `order #${(n += 1)}`;
type Body = NonNullable<RequestInit['body']>;
const post = (key: string, body: Body, headers = {}, client = gateway.client): Promise<Answer> =>
  client.request('POST', '/v1/batches', { body, headers: { 'idempotency-key': key, ...headers } });
const json = (key: string, body: unknown, client = gateway.client): Promise<Answer> =>
  post(key, JSON.stringify(body), { 'content-type': 'application/json' }, client);
const noop = { provider: 'noop', count: 3, name: 'keyed' };
const form = (names: readonly string[], fields: Record<string, string> = {}, bytes = good): FormData =>
  uploadForm(
    names.map((name) => ({ name, bytes })),
    fields,
  );
const batchOf = ({ status, body }: Answer): BatchView => {
  expect({ status, body }).toMatchObject({ status: 202 });
  return body as BatchView;
};
const codeOf = ({ body }: Answer): string => (body as Problem).code;
const batches = async (): Promise<string[]> =>
  (
    (await gateway.client.request('GET', '/v1/batches?limit=1000')).body as { data: { id: string }[] }
  ).data.map(({ id }) => id);

describe('a repeat', () => {
  it('of JSON gets the same answer, however it is written, and creates nothing', async () => {
    const key = newKey();
    const first = await json(key, noop);
    const before = await batches();
    const again = await json(key, { name: 'keyed', count: 3, provider: 'noop' });
    expect(batchOf(again)).toEqual(batchOf(first));
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await batches()).toEqual(before);
  });

  it('of an upload too, and nothing of it is stored a second time', async () => {
    const key = newKey();
    const first = await post(key, form(['a.jpg', 'b.jpg'], { priority: 'high', budget_usd: '1.5' }));
    const stored = await gateway.stored();
    const again = await post(key, form(['a.jpg', 'b.jpg'], { budget_usd: '1.5', priority: 'high' }));
    expect(batchOf(again)).toEqual(batchOf(first));
    expect(await gateway.stored()).toEqual(stored);
    // the same to the byte, later too
    expect(
      JSON.stringify(
        batchOf(await post(key, form(['a.jpg', 'b.jpg'], { priority: 'high', budget_usd: '1.5' }))),
      ),
    ).toBe(JSON.stringify(first.body));
  });

  it('of an upload with refused images is known by all their bytes', async () => {
    const key = newKey();
    const upload = (last: Buffer): FormData =>
      uploadForm([
        { name: 'a.jpg', bytes: good },
        { name: 'b.jpg', bytes: Buffer.alloc(21 * 1024 * 1024, 'x') },
        { name: 'c.jpg', bytes: last },
      ]);
    const first = batchOf(await post(key, upload(Buffer.from('no image'))));
    expect(first.counts.failed).toBe(2);
    expect(batchOf(await post(key, upload(Buffer.from('no image')))).id).toBe(first.id);
    expect((await post(key, upload(Buffer.from('no imagf')))).status).toBe(422);
  });

  it('with another body is refused', async () => {
    const key = newKey();
    const first = batchOf(await post(key, form(['a.jpg'])));
    const stored = await gateway.stored();
    const others = [
      form(['b.jpg']),
      form(['a.jpg', 'b.jpg']),
      form(['a.jpg'], { name: 'x' }),
      form(['a.jpg'], {}, await paddedJpeg(10_000)),
    ];
    for (const other of others) {
      const answer = await post(key, other);
      expect([answer.status, codeOf(answer)]).toEqual([422, 'idempotency_key_reused']);
    }
    expect(codeOf(await json(key, noop))).toBe('idempotency_key_reused');
    expect(await gateway.stored()).toEqual(stored);
    expect(batchOf(await post(key, form(['a.jpg']))).id).toBe(first.id);
  });

  it("of another tenant is that tenant's own request", async () => {
    const key = newKey();
    const own = batchOf(await json(key, noop));
    const foreign = batchOf(await json(key, noop, gateway.stranger));
    expect(foreign.id).not.toBe(own.id);
  });

  it('after a failure is a first try', async () => {
    const key = newKey();
    for (let time = 0; time < 2; time += 1) {
      const refused = await json(key, { ...noop, priority: 'top' });
      expect([refused.status, codeOf(refused)]).toEqual([422, 'invalid_request']);
    }
    const hopeless = await post(key, form(['a.jpg'], {}, Buffer.from('no')));
    expect([hopeless.status, codeOf(hopeless)]).toEqual([422, 'input.all_refused']);
    batchOf(await json(key, noop));
  });
});

describe('many at once', () => {
  const race = async (send: () => Promise<Answer>): Promise<void> => {
    const before = await batches();
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    const accepted = new Set(answers.filter(({ status }) => status === 202).map((one) => batchOf(one).id));
    expect(accepted.size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 202)) {
      expect([answer.status, codeOf(answer)]).toEqual([409, 'idempotency_in_flight']);
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
    expect((await batches()).filter((id) => !before.includes(id))).toEqual([...accepted]);
    expect(accepted).toContain(batchOf(await send()).id);
  };

  it('create one batch from JSON', async () => {
    const key = newKey();
    await race(() => json(key, noop));
  });

  it('create one batch from uploads, and store one', async () => {
    const key = newKey();
    const before = await gateway.stored();
    await race(() => post(key, form(['a.jpg', 'b.jpg', 'c.jpg'])));
    await waitFor(async () => (await gateway.stored()).length === before.length + 4, { what: 'one upload' });
  });
});

it('a request whose client went away in the upload frees its key', async () => {
  const key = newKey();
  const before = (await gateway.stored()).length;
  const upload = await beginUpload(gateway.gatewayUrl, gateway.apiKey, { 'Idempotency-Key': key });
  await upload.send(good.subarray(0, 1000));
  await waitFor(async () => (await gateway.stored()).length > before, { what: 'the upload in storage' });
  expect((await json(key, noop)).status).toBe(409);
  upload.drop();
  const answer = await waitFor(async () => {
    const asked = await json(key, noop);
    return asked.status === 202 && asked;
  });
  batchOf(answer);
});

describe('a gateway that died', () => {
  const started = async (key: string): Promise<string> => {
    const id = newBatchId();
    const batch: NewBatch = {
      ...{ id, tenant: 'acme', name: null, lane: 'normal', provider: 'noop', settings: { face_limit: 48 } },
      ...{ total: 3, retentionHours: 1, createdAtMs: Date.now() },
    };
    await dead.idempotency.begin({ tenant: 'acme', key }, id);
    await dead.batches.stage(batch, []);
    return id;
  };
  const answer = (id: string): string =>
    JSON.stringify({ status: 202, headers: { Location: `/v1/batches/${id}` }, json: { id } });

  it('before the activation: the repeat makes a new batch, and the old one never starts', async () => {
    const key = newKey();
    const id = await started(key);
    await dead.idempotency.prepare({ tenant: 'acme', key }, id, { bodyHash: 'x', answer: answer(id) });
    const batch = batchOf(await json(key, noop));
    expect(batch.id).not.toBe(id);
    expect(await dead.batches.activate(id)).toBe('missing');
    expect(await gateway.batchKeys()).not.toContainEqual(expect.stringContaining(id));
    expect((await gateway.client.request('GET', `/v1/batches/${id}`)).status).toBe(404);
    expect(batchOf(await json(key, noop)).id).toBe(batch.id);
  });

  it('after the activation: the repeat gets the answer that was lost, another body does not', async () => {
    const key = newKey();
    const id = await started(key);
    const kept = { bodyHash: jsonFingerprint(noop), answer: answer(id) };
    await dead.idempotency.prepare({ tenant: 'acme', key }, id, kept);
    await dead.batches.activate(id);
    expect(codeOf(await json(key, { ...noop, count: 4 }))).toBe('idempotency_key_reused');
    const repeat = await json(key, noop);
    expect(batchOf(repeat)).toEqual({ id });
    expect(repeat.headers.get('location')).toBe(`/v1/batches/${id}`);
  });
});

it.each([['x'.repeat(256)], ['\u00e9'], ['a\tb']])('the key %.10j is refused with 400', async (key) => {
  const answer = await json(key, noop);
  expect([answer.status, codeOf(answer)]).toEqual([400, 'invalid_request']);
  expect((answer.body as Problem).errors?.[0]).toMatchObject({
    path: 'Idempotency-Key',
    message: expect.stringContaining('255'),
  });
});

it('an answer that is kept has at most 8 KB', async () => {
  const key = 'k'.repeat(255);
  const name = '\u{1F600}'.repeat(100);
  const batch = batchOf(await json(key, { ...noop, name }));
  expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(8 * 1024 - 4_096 - 1_000);
  expect(batchOf(await json(key, { ...noop, name }))).toEqual(batch);
});
