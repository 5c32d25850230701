import { z } from 'zod';
import { checkFalImages, falConfig } from './fal-config.js';
import { isFalDownloadHost, mayHaveKey, routeFalUrl } from './fal-hosts.js';

const origin = 'http://127.0.0.1:8999';

describe('routeFalUrl', () => {
  it.each([
    ['https://queue.fal.run/a/b?x=1&y=%2F', `${origin}/queue.fal.run/a/b?x=1&y=%2F`],
    ['https://fal.run/a', `${origin}/fal.run/a`],
    ['https://rest.fal.ai/storage', `${origin}/rest.fal.ai/storage`],
    ['https://rest.alpha.fal.ai/.well-known/jwks.json', `${origin}/rest.alpha.fal.ai/.well-known/jwks.json`],
    ['https://api.fal.ai/v1', `${origin}/api.fal.ai/v1`],
    ['https://v3b.fal.media/files/m.glb', `${origin}/v3b.fal.media/files/m.glb`],
    [`${origin}/v3.fal.media/m.glb`, `${origin}/v3.fal.media/m.glb`],
  ])('%s is asked as %s', (url, asked) => {
    expect(routeFalUrl(url, origin)).toBe(asked);
    expect(routeFalUrl(url, `${origin}/`)).toBe(asked);
    expect(routeFalUrl(url)).toBe(url);
  });

  it.each([
    'https://example.com/a',
    'http://127.0.0.1:9000/a',
    'http://queue.fal.run/a',
    'https://xfal.run/a',
    'https://fal.media.example/a',
  ])('%s is not asked while there is an origin', (url) =>
    expect(() => routeFalUrl(url, origin)).toThrow(RangeError),
  );
});

it.each<[string, boolean, boolean]>([
  ['https://queue.fal.run/a', true, false],
  ['https://rest.fal.ai/a', true, true],
  ['https://v3.fal.media/a', false, true],
  ['https://fal.media/a', false, true],
  ['http://v3.fal.media/a', false, false],
  ['https://v3.fal.media:8443/a', false, false],
  ['https://user:pw@v3.fal.media/a', false, false],
  ['https://notfal.media/a', false, false],
  ['https://fal.media.example/a', false, false],
  ['https://169.254.169.254/a', false, false],
  [`${origin}/a`, false, false],
])('%s may have the key: %s, may give models: %s', (url, key, models) => {
  expect(mayHaveKey(url)).toBe(key);
  expect(isFalDownloadHost(new URL(url))).toBe(models);
});

it('trusts the origin of a stand-in, and no other port', () => {
  expect(mayHaveKey(`${origin}/a`, origin)).toBe(true);
  expect(isFalDownloadHost(new URL(`${origin}/a`), origin)).toBe(true);
  expect(mayHaveKey('http://127.0.0.1:9000/a', origin)).toBe(false);
  expect(isFalDownloadHost(new URL('http://127.0.0.1:9000/a'), origin)).toBe(false);
});

describe('falConfig', () => {
  const schema = z.object(falConfig);

  it('has defaults and needs nothing', () => {
    expect(schema.parse({})).toEqual({
      ...{ FAL_WEBHOOKS: 'on', FAL_IMAGES: 'upload', FAL_CONCURRENCY: 2, FAL_CONCURRENCY_MAX: 40 },
    });
  });

  it('takes what people write', () => {
    expect(
      schema.parse({
        FAL_KEY: 'k',
        FAL_ORIGIN: 'http://localhost:4000/',
        FAL_WEBHOOKS: 'off',
        FAL_CONCURRENCY: '40',
        I2M_PUBLIC_URL: 'https://api.example/base/',
      }),
    ).toMatchObject({
      FAL_ORIGIN: 'http://localhost:4000',
      FAL_CONCURRENCY: 40,
      I2M_PUBLIC_URL: 'https://api.example/base',
    });
    for (const good of ['http://127.0.0.1:1', 'http://127.9.9.9:1', 'http://[::1]:4000', 'https://localhost'])
      expect(schema.safeParse({ FAL_ORIGIN: good }).success).toBe(true);
  });

  it.each<[string, string]>([
    ['FAL_KEY', 'with blank'],
    ['FAL_KEY', 'line\nbreak'],
    ['FAL_ORIGIN', 'https://queue.fal.run'],
    ['FAL_ORIGIN', 'http://10.0.0.1:80'],
    ['FAL_ORIGIN', 'http://127.0.0.1.example:80'],
    ['FAL_ORIGIN', 'http://localhost.example'],
    ['FAL_ORIGIN', 'http://0.0.0.0:80'],
    ['FAL_ORIGIN', 'http://user@127.0.0.1:80'],
    ['FAL_ORIGIN', 'http://127.0.0.1:80/path'],
    ['FAL_ORIGIN', 'ftp://127.0.0.1'],
    ['FAL_ORIGIN', '127.0.0.1:80'],
    ['FAL_WEBHOOKS', 'yes'],
    ['FAL_IMAGES', 'data'],
    ['FAL_CONCURRENCY', '-3'],
    ['FAL_CONCURRENCY_MAX', '1.5'],
    ['I2M_PUBLIC_URL', 'api.example'],
    ['I2M_PUBLIC_URL', 'https://api.example/?a=1'],
  ])('%s=%s is refused by name, without the value', (name, value) => {
    const issues = schema.safeParse({ [name]: value }).error?.issues ?? [];
    expect(issues.map(({ path }) => path)).toEqual([[name]]);
    expect(issues[0]?.message).toMatch(/^expected/);
    expect(issues[0]?.message).not.toContain(value);
  });

  it('links to images need a public URL', () => {
    const checked = schema.superRefine(checkFalImages);
    const [issue, ...more] = checked.safeParse({ FAL_IMAGES: 'link' }).error?.issues ?? [];
    expect(issue).toMatchObject({ path: ['I2M_PUBLIC_URL'], message: 'is required by FAL_IMAGES link' });
    expect(more).toEqual([]);
    for (const good of [{}, { FAL_IMAGES: 'link', I2M_PUBLIC_URL: 'https://api.example' }])
      expect(checked.safeParse(good).success).toBe(true);
  });
});
