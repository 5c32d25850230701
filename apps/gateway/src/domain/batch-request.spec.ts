import { batchFromForm, batchFromJson, type ProviderRules } from './batch-request.js';
import { HttpProblem } from './http-problem.js';

const rules: ProviderRules = { byDefault: 'embedded', noop: true, sourceHosts: [] };
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
    sealed: 'true',
    name: '12',
    priority: 'high',
    provider: 'noop',
  };
  expect(batchFromForm(form, rules)).toEqual({
    settings: { face_limit: 50_000, texture: 'HD', pbr: false, seed: 0 },
    retention_hours: 24,
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
    webhook_url: 'https://x',
    budget_usd: '1',
    sealed: 'false',
    other: 'x',
    settings: '{"quality_gate":true}',
  };
  expect(errorsOf(() => batchFromForm(form, rules))).toMatchObject({
    webhook_url: expect.stringContaining('not supported'),
    budget_usd: expect.stringContaining('not supported'),
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
