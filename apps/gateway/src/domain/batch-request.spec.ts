import { batchFromForm, batchFromJson, type ProviderRules } from './batch-request.js';
import { HttpProblem } from './http-problem.js';

const rules: ProviderRules = {
  byDefault: 'embedded',
  noop: true,
  fal: false,
  sourceHosts: [],
  webhooks: { signed: true, allow: [] },
};
const errorsOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    if (error instanceof HttpProblem)
      return Object.fromEntries((error.errors ?? []).map(({ path, message }) => [path, message]));
  }
  throw new Error('not refused');
};

it('fills in defaults', () => {
  expect(batchFromForm({}, rules)).toEqual({
    settings: { face_limit: 50_000 },
    priority: 'normal',
    provider: 'embedded',
    retention_hours: 168,
  });
  expect(batchFromForm({}, { ...rules, byDefault: 'noop' }).provider).toBe('noop');
});

it('reads text as what it means', () => {
  const form = {
    settings: '{"texture":"HD","pbr":false,"seed":0}',
    retention_hours: ' 24 ',
    budget_usd: '12.50',
    sealed: 'true',
    name: '12',
    priority: 'high',
    provider: 'noop',
  };
  expect(batchFromForm(form, rules)).toEqual({
    settings: { face_limit: 50_000, texture: 'HD', pbr: false, seed: 0 },
    retention_hours: 24,
    budget_usd: 12.5,
    name: '12',
    priority: 'high',
    provider: 'noop',
  });
});

it('takes JSON for noop only', () => {
  expect(
    batchFromJson({ provider: 'noop', count: 5, webhook_url: null, budget_usd: null, sealed: true }, rules),
  ).toMatchObject({ count: 5, provider: 'noop' });
  expect(errorsOf(() => batchFromJson({ count: 5 }, rules))).toEqual({
    count: expect.stringContaining('embedded'),
  });
  expect(errorsOf(() => batchFromJson({ provider: 'noop', count: 5 }, { ...rules, noop: false }))).toEqual({
    provider: expect.stringContaining('I2M_NOOP_MS'),
  });
});

describe('images by URL', () => {
  const url = 'https://example.com/a.jpg';

  it('are taken for every provider, and their fields too', () => {
    const images = [{ url, name: 'a', metadata: { sku: 1 } }, { url: 'http://127.0.0.1/' }];
    for (const provider of ['embedded', 'noop'])
      expect(batchFromJson({ images, provider, name: 'x' }, rules)).toEqual({
        ...{ images, provider, name: 'x', priority: 'normal', retention_hours: 168 },
        settings: { face_limit: 50_000 },
      });
  });

  it('are refused by the path of each, once, beside whatever else is wrong', () => {
    const images = [{ url: 'x' }, { url }, { url: 'http://a:99/' }, { url: `${url}${'x'.repeat(2_048)}` }, 7];
    expect(errorsOf(() => batchFromJson({ images, priority: 'top' }, rules))).toEqual({
      'images[0].url': 'is not a URL',
      'images[2].url': 'must use port 80 or 443; got 99',
      'images[3].url': 'must have at most 2048 characters; got 2073',
      'images[4]': 'must be an object; got 7',
      priority: expect.stringContaining('high'),
    });
  });

  it('may come from hosts of the installation', () => {
    const images = [{ url: 'http://images.internal:8080/a' }];
    expect(batchFromJson({ images }, { ...rules, sourceHosts: ['images.internal:8080'] })).toMatchObject({
      images,
    });
    expect(errorsOf(() => batchFromJson({ images }, rules))).toEqual({
      'images[0].url': expect.stringContaining('8080'),
    });
  });
});

it('never ignores a field silently', () => {
  const form = {
    sealed: 'false',
    other: 'x',
    settings: '{"quality_gate":true}',
  };
  expect(errorsOf(() => batchFromForm(form, rules))).toMatchObject({
    sealed: expect.stringContaining('not supported'),
    other: 'is not known',
  });
  expect(errorsOf(() => batchFromForm({ settings: '{"quality_gate":true,"extra":{}}' }, rules))).toEqual({
    'settings.quality_gate': expect.stringContaining('not supported'),
    'settings.extra': expect.stringContaining('provider fal'),
  });
});

it('says what a value should be and what it was', () => {
  const form = {
    settings: '{"face_limit":3,"seed":"x","texture":null}',
    name: 'a\u0007b',
    retention_hours: '1.5',
  };
  expect(errorsOf(() => batchFromForm(form, rules))).toEqual({
    'settings.face_limit': 'must be at least 48; got 3',
    'settings.seed': 'must be a number; got "x"',
    'settings.texture': 'must be one of no, standard, HD; got null',
    name: 'must not contain control characters',
    retention_hours: 'must be a whole number; got 1.5',
  });
});

describe('a budget', () => {
  it.each([0, 1, 0.000001, 1_000_000, 12.34])('of %j is taken, as text too', (budget_usd) => {
    expect(batchFromForm({ budget_usd: String(budget_usd.toFixed(6)) }, rules)).toMatchObject({ budget_usd });
    expect(batchFromJson({ provider: 'noop', count: 1, budget_usd }, rules)).toMatchObject({ budget_usd });
  });

  it.each([
    ['-0.01', 'must be at least 0; got -0.01'],
    ['1000000.01', 'must be at most 1000000; got 1000000.01'],
    ['0.0000001', 'must have at most 6 decimals; got 1e-7'],
    ['NaN', 'must be a number; got "NaN"'],
    ['1e3', 'must be a number; got "1e3"'],
    ['', 'must be a number; got ""'],
  ])('of %j is refused', (budget_usd, message) => {
    expect(errorsOf(() => batchFromForm({ budget_usd }, rules))).toEqual({ budget_usd: message });
  });

  it('is a number in JSON', () => {
    const body = { provider: 'noop', count: 1, budget_usd: '5' };
    expect(errorsOf(() => batchFromJson(body, rules))).toEqual({ budget_usd: 'must be a number; got "5"' });
  });
});

describe('provider fal', () => {
  const paid: ProviderRules = { ...rules, byDefault: 'fal', fal: true };

  it('is taken with a key only', () => {
    expect(batchFromForm({}, paid).provider).toBe('fal');
    expect(batchFromForm({ provider: 'embedded' }, paid).provider).toBe('embedded');
    expect(errorsOf(() => batchFromForm({ provider: 'fal' }, rules))).toEqual({
      provider: expect.stringContaining('FAL_KEY'),
    });
  });

  it('has settings that its endpoint knows', () => {
    const settings = JSON.stringify({ endpoint: 'fal-ai/trellis', texture: 'standard' });
    expect(batchFromForm({ settings: '{"texture":"HD","pbr":false}' }, paid).settings.pbr).toBe(false);
    expect(errorsOf(() => batchFromForm({ settings: '{"endpoint":"fal-ai/none"}' }, paid))).toEqual({
      'settings.endpoint': expect.stringContaining('tripo3d/tripo/v2.5/image-to-3d'),
    });
    expect(errorsOf(() => batchFromForm({ settings: '{"extra":{"quad":true}}' }, paid))).toEqual({
      'settings.extra.quad': expect.any(String),
    });
    expect(errorsOf(() => batchFromForm({ settings, provider: 'embedded' }, paid))).toEqual({
      'settings.endpoint': expect.stringContaining('provider fal'),
    });
  });

  it('takes inputs of its endpoint up to 4 KB', () => {
    const settings = JSON.stringify({ extra: { orientation: 'x'.repeat(4_096) } });
    expect(errorsOf(() => batchFromForm({ settings }, paid))).toEqual({
      'settings.extra': expect.stringContaining('at most 4096 bytes'),
    });
  });
});

describe('webhook_url and webhook_events', () => {
  const url = 'https://example.com/hook';

  it('come as JSON, and in a form with a comma list', () => {
    const events = ['batch.completed', 'file.failed'];
    const json = { provider: 'noop', count: 1, webhook_url: url, webhook_events: events };
    expect(batchFromJson(json, rules)).toMatchObject({ webhook_url: url, webhook_events: events });
    expect(batchFromForm({ webhook_url: url, webhook_events: events.join(', ') }, rules)).toMatchObject({
      webhook_url: url,
      webhook_events: events,
    });
  });

  it('are refused by path when they can never work', () => {
    const json = { provider: 'noop', count: 1, webhook_url: 'http://127.0.0.1/', webhook_events: ['x'] };
    expect(errorsOf(() => batchFromJson(json, rules))).toEqual({
      webhook_url: expect.stringContaining('loopback'),
      'webhook_events[0]': expect.stringContaining('batch.completed'),
    });
  });
});
