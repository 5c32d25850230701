import { photo, uploadForm, type Answer, type UploadFile } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { errorAt, refusal as refused } from './support/refusal.js';

let gateway: GatewayUnderTest;
let good: Buffer;
beforeAll(async () => {
  gateway = await startGateway();
  good = await photo();
});
afterAll(() => gateway.stop());

type Body = NonNullable<RequestInit['body']>;
const post = (body: Body, headers: Record<string, string> = {}): Promise<Answer> =>
  gateway.client.request('POST', '/v1/batches', { body, headers });
const upload = (files: UploadFile[], fields: Record<string, string> = {}): Promise<Answer> =>
  post(uploadForm(files, fields));
const json = (body: unknown): Promise<Answer> =>
  post(JSON.stringify(body), { 'content-type': 'application/json' });
const refusal = (asked: Promise<Answer>, status: number): ReturnType<typeof refused> =>
  refused(gateway, asked, status);

describe('fields', () => {
  it.each([
    [{ settings: '{"face_limit": 3}' }, 'settings.face_limit', /48.*got 3/],
    [{ settings: '{"face_limit": 500001}' }, 'settings.face_limit', /500000.*got 500001/],
    [{ settings: '{"face_limit": 100.5}' }, 'settings.face_limit', /whole number.*100\.5/],
    [{ settings: '{"face_limit": "many"}' }, 'settings.face_limit', /"many"/],
    [{ settings: '{"texture": "4K"}' }, 'settings.texture', /no, standard, HD.*"4K"/],
    [{ settings: '{"seed": -1}' }, 'settings.seed', /at least 0.*-1/],
    [{ settings: '{"colour": 1}' }, 'settings.colour', /not known/],
    [{ settings: '{"__proto__": {"face_limit": 3}}' }, 'settings.__proto__', /./],
    [{ settings: '{"extra": {"constructor": 1}}' }, 'settings.extra.constructor', /./],
    [{ settings: '[]' }, 'settings', /object/],
    [{ settings: '{"endpoint": "fal-ai/trellis"}' }, 'settings.endpoint', /embedded/],
    [{ priority: 'urgent' }, 'priority', /high, normal, low.*"urgent"/],
    [{ provider: 'other' }, 'provider', /embedded, fal, noop.*"other"/],
    [{ provider: 'fal' }, 'provider', /FAL_KEY/],
    [{ retention_hours: '0' }, 'retention_hours', /at least 1.*got 0/],
    [{ retention_hours: '8761' }, 'retention_hours', /at most 8760.*got 8761/],
    [{ retention_hours: 'long' }, 'retention_hours', /"long"/],
    [{ name: '' }, 'name', /at least 1/],
    [{ webhook_url: 'https://example.com' }, 'webhook_url', /needs I2M_WEBHOOK_SECRET/],
    [{ budget_usd: '-3.50' }, 'budget_usd', /at least 0.*got -3.5/],
    [{ budget_usd: '1000000.5' }, 'budget_usd', /at most 1000000.*got 1000000.5/],
    [{ budget_usd: '0.1234567' }, 'budget_usd', /at most 6 decimals.*0.1234567/],
    [{ budget_usd: 'NaN' }, 'budget_usd', /must be a number.*"NaN"/],
    [{ sealed: 'false' }, 'sealed', /not supported by this version yet/],
    [{ sealed: 'maybe' }, 'sealed', /true or false.*maybe/],
    [{ colour: 'red' }, 'colour', /not known/],
    [{ __proto__: 'x', constructor: 'x' }, 'constructor', /not known/],
    [{ 'settings[face_limit]': '100' }, 'settings[face_limit]', /not known/],
    [{ images: 'text' }, 'images', /file parts/],
    [{ count: '3' }, 'count', /not known/],
  ])('%j is refused at %s', async (fields, path, message) => {
    const problem = await refusal(
      upload([{ name: 'a.jpg', bytes: good }], fields as Record<string, string>),
      422,
    );
    expect(errorAt(problem, path)).toMatch(message);
  });

  it('names every bad field at once, and JSON that is none with 400', async () => {
    const problem = await refusal(
      upload([{ name: 'a.jpg', bytes: good }], { priority: 'x', settings: '{"a":1,"b":2}' }),
      422,
    );
    expect(problem.errors?.map(({ path }) => path).sort()).toEqual(['priority', 'settings.a', 'settings.b']);
    expect(
      errorAt(
        await refusal(upload([{ name: 'a.jpg', bytes: good }], { settings: '{oops' }), 400),
        'settings',
      ),
    ).toMatch(/not valid JSON/);
  });

  it('takes a field once', async () => {
    const form = uploadForm([{ name: 'a.jpg', bytes: good }], { priority: 'low' });
    form.append('priority', 'high');
    expect(errorAt(await refusal(post(form), 422), 'priority')).toMatch(/once/);
  });

  it('takes files as images only', async () => {
    const form = uploadForm([{ name: 'a.jpg', bytes: good }]);
    form.append('photos', new Blob([good]), 'b.jpg');
    expect(errorAt(await refusal(post(form), 422), 'photos')).toMatch(/named images/);
  });
});

describe('JSON', () => {
  it.each([
    [{ provider: 'noop' }, 'count', /required/],
    [{ provider: 'noop', count: 0 }, 'count', /at least 1.*got 0/],
    [{ provider: 'noop', count: 100_001 }, 'count', /at most 100000.*got 100001/],
    [{ count: 5 }, 'count', /embedded/],
    [{ images: [{ url: 'example.com/a.jpg' }] }, 'images[0].url', /not a URL/],
    [{ provider: 'noop', count: 5, settings: { face_limit: 3 } }, 'settings.face_limit', /48.*got 3/],
    [{ provider: 'noop', count: 5, sealed: false }, 'sealed', /not supported/],
    [{ provider: 'noop', count: 5, budget_usd: '5' }, 'budget_usd', /must be a number.*"5"/],
    [{ provider: 'noop', count: 5, budget_usd: -1 }, 'budget_usd', /at least 0.*-1/],
    [{ provider: 'noop', count: 5, name: 7 }, 'name', /text.*7/],
    [[1], '(body)', /object/],
  ])('%j is refused', async (body, path, message) => {
    expect(errorAt(await refusal(json(body), 422), path)).toMatch(message);
  });

  it('refuses keys that reach for prototypes, at any depth', async () => {
    const body = '{"provider":"noop","count":1,"settings":{"extra":{"a":[{"__proto__":{}}]}}}';
    const problem = await refusal(post(body, { 'content-type': 'application/json' }), 422);
    expect(errorAt(problem, 'settings.extra.a.0.__proto__')).toMatch(/cannot|can/);
  });

  it.each(['{oops', '', '"', '\xff', '['.repeat(100_000)])(
    'answers 400 to what is not JSON: %.20j',
    async (body) => {
      const problem = await refusal(
        post(Buffer.from(body, 'latin1'), { 'content-type': 'application/json' }),
        400,
      );
      expect(problem.code).toBe('invalid_json');
    },
  );

  it('answers 413 above 256 KB, naming limit and value', async () => {
    const body = JSON.stringify({ provider: 'noop', count: 1, name: 'x'.repeat(262_144) });
    expect((await refusal(post(body, { 'content-type': 'application/json' }), 413)).detail).toMatch(
      new RegExp(`262144.*${body.length}`),
    );
    const chunked = new ReadableStream({
      pull: (controller) => void controller.enqueue(Buffer.alloc(65_536, 'x')),
    });
    const streamed = {
      body: chunked,
      duplex: 'half',
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json' },
    };
    expect(
      await fetch(`${gateway.gatewayUrl}/v1/batches`, streamed as RequestInit).then(
        ({ status }) => status,
        () => 413,
      ),
    ).toBe(413);
  });
});
