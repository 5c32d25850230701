import { closingAfterAll } from '../closing-after-all.js';
import { startCaller, trellis, type Caller } from '../../test/fal/caller.js';
import { FaultBook } from './fault-book.js';
import { faultRuleSchema, type FaultRuleInput } from './faults.js';

jest.setTimeout(20_000);
const closing = closingAfterAll();
const withFault = async (rule: FaultRuleInput): Promise<Caller> =>
  closing(await startCaller({ faults: [rule], concurrency: 4 }));

describe('faults of the submit', () => {
  it.each([
    [{ fault: 'too_many_requests', retryAfterS: 7 }, 429, '7'],
    [{ fault: 'too_many_requests', retryAfterS: null }, 429, null],
    [{ fault: 'submit_error', status: 500 }, 500, null],
    [{ fault: 'refused_input' }, 422, null],
  ] as const)('%j is answered and accepts nothing', async (rule, status, retryAfter) => {
    const caller = await withFault(rule);
    const answer = await caller.submit();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('retry-after')).toBe(retryAfter);
    expect(caller.fal.ledger()).toEqual([]);
    expect(caller.fal.stats().submits).toEqual({ [status]: 1 });
  });

  it.each([
    ['reset_before_accept', 0],
    ['reset_after_accept', 1],
    ['half_answer', 1],
  ] as const)('%s breaks the connection with %i jobs accepted', async (fault, accepted) => {
    const caller = await withFault({ fault });
    await expect(caller.submit()).rejects.toThrow();
    expect(caller.fal.ledger()).toHaveLength(accepted);
    expect(caller.fal.stats()).toMatchObject({ accepted, billed: accepted, submits: { [fault]: 1 } });
  });

  it.each([
    ['hang_before_accept', 0],
    ['hang_after_accept', 1],
  ] as const)('%s never answers, with %i jobs accepted', async (fault, accepted) => {
    const caller = await withFault({ fault });
    const hanging = fetch(`${caller.fal.origin}/queue.fal.run/${trellis}`, {
      method: 'POST',
      headers: { authorization: 'Key stand-in-key' },
      body: '{"image_url": "https://example.com/a.jpg"}',
      signal: AbortSignal.timeout(600),
    });
    await expect(hanging).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(caller.fal.ledger()).toHaveLength(accepted);
  });

  it('can answer an error although the job was accepted, or answer late', async () => {
    const caller = await withFault({ fault: 'submit_error_accepted' });
    expect((await caller.submit()).status).toBe(502);
    expect(caller.fal.ledger()).toHaveLength(1);
    caller.fal.control({ faults: [{ fault: 'slow_submit', delayMs: 120 }] });
    const before = performance.now();
    expect((await caller.submit()).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(100);
  });
});

describe('faults after the submit', () => {
  it('err, reset and slow the status', async () => {
    const caller = closing(await startCaller());
    const { status_url } = await caller.submitted();
    caller.fal.control({ faults: [{ fault: 'status_error', status: 502, times: 1 }] });
    expect((await caller.ask('GET', status_url)).status).toBe(502);
    expect((await caller.ask('GET', status_url)).status).toBeLessThan(300);
    caller.fal.control({ faults: [{ fault: 'status_reset' }] });
    await expect(caller.ask('GET', status_url)).rejects.toThrow();
    caller.fal.control({ faults: [{ fault: 'slow_status', delayMs: 120 }] });
    const before = performance.now();
    await caller.ask('GET', status_url);
    expect(performance.now() - before).toBeGreaterThan(100);
  });

  it.each([
    ['image_load_error', 422, true, { detail: [{ type: 'image_load_error', loc: ['body', 'image_url'] }] }],
    ['content_policy', 422, true, { detail: [{ type: 'content_policy_violation' }] }],
    ['runner_error', 500, false, { error_type: 'runner_server_error' }],
  ] as const)('%s: COMPLETED carries an error', async (fault, status, billed, body) => {
    const caller = await withFault({ fault });
    const job = await caller.submitted();
    await caller.completed(job.request_id);
    expect((await caller.ask('GET', job.status_url)).body).toMatchObject({
      status: 'COMPLETED',
      error: expect.any(String),
    });
    expect(await caller.ask('GET', job.response_url)).toMatchObject({ status, body });
    expect(caller.fal.ledger()).toMatchObject([{ state: 'completed', billed, fault }]);
  });

  it('no_model: a result without a file', async () => {
    const caller = await withFault({ fault: 'no_model' });
    const job = await caller.submitted();
    await caller.completed(job.request_id);
    const { status, body } = await caller.ask('GET', job.response_url);
    expect([status, body]).toEqual([200, { task_id: job.request_id }]);
  });

  it('expired: a job that ran is unknown afterwards', async () => {
    const caller = await withFault({ fault: 'expired' });
    caller.fal.control({ duration: { kind: 'fixed', ms: 60_000 } });
    const job = await caller.submitted();
    expect((await caller.ask('GET', job.status_url)).status).toBe(202);
    caller.fal.control({ finish: true });
    expect((await caller.ask('GET', job.status_url)).status).toBe(404);
    expect((await caller.ask('GET', job.response_url)).status).toBe(404);
    expect((await caller.ask('PUT', job.cancel_url)).body).toEqual({ status: 'NOT_FOUND' });
    expect(caller.fal.ledger()).toMatchObject([{ billed: true }]);
  });

  it('result_error, upload_error and listing_error pass', async () => {
    const caller = closing(await startCaller());
    const job = await caller.submitted();
    await caller.completed(job.request_id);
    const names = ['result_error', 'upload_error', 'listing_error'] as const;
    caller.fal.control({ faults: names.map((fault) => ({ fault, times: 1 })) });
    const upload = (): Promise<{ status: number }> =>
      caller.ask('POST', 'https://rest.fal.ai/storage/upload/initiate', {
        body: { content_type: 'image/png', file_name: 'a.png' },
      });
    const list = `https://api.fal.ai/v1/models/requests/by-endpoint?endpoint_id=${trellis}`;
    for (const status of [503, 200]) {
      expect((await caller.ask('GET', job.response_url)).status).toBe(status);
      expect((await upload()).status).toBe(status);
      expect((await caller.ask('GET', list)).status).toBe(status);
    }
  });
});

describe('which requests a fault strikes', () => {
  it('is the same share again for the same seed', () => {
    const struckBy = (seed: number): boolean[] => {
      const book = new FaultBook(seed);
      book.write([faultRuleSchema.parse({ fault: 'submit_error', share: 0.2 })]);
      return Array.from({ length: 1_000 }, (_, at) => {
        const subject = { imageUrl: 'i', endpoint: 'e', ordinal: at + 1 };
        return book.strike('submit', subject) !== null;
      });
    };
    const one = struckBy(3);
    const struck = one.filter(Boolean).length;
    expect(struck).toBeGreaterThan(150);
    expect(struck).toBeLessThan(250);
    expect(struckBy(3)).toEqual(one);
    expect(struckBy(4)).not.toEqual(one);
  });

  it('can be said by image, endpoint, ordinal and number', async () => {
    const caller = closing(await startCaller());
    const statusOf = async (name: string, endpoint = trellis): Promise<number> =>
      (await caller.submit({ endpoint, image: `https://example.com/${name}` })).status;
    caller.fal.control({ faults: [{ fault: 'submit_error', image: '/bad-\\d+$', timesPerImage: 1 }] });
    expect([await statusOf('bad-1'), await statusOf('bad-1'), await statusOf('bad-2')]).toEqual([
      503, 200, 503,
    ]);
    expect(await statusOf('good-1')).toBe(200);
    caller.fal.control({ faults: [{ fault: 'submit_error', endpoint: 'fal-ai/triposr' }] });
    expect([await statusOf('a'), await statusOf('a', 'fal-ai/triposr')]).toEqual([200, 503]);
    caller.fal.control({ faults: [{ fault: 'submit_error', ordinals: [8] }] });
    expect([await statusOf('a'), await statusOf('a'), await statusOf('a')]).toEqual([200, 503, 200]);
  });
});
