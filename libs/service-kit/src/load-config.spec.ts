import { z } from 'zod';
import { baseConfig, wholeNumber } from './base-config.js';
import { InvalidConfig, parseConfig, secretsOf } from './load-config.js';

const schema = z.object({
  ...baseConfig,
  PORT: wholeNumber(0, 65_535).default(8080).describe('Port of the API.'),
  FAL_KEY: z.string().min(20, 'expected a fal key').optional().describe('The key.'),
  OWNER: z.string().describe('Who to call.'),
});

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseConfig(schema, environment);
  } catch (error) {
    if (error instanceof InvalidConfig) return error.problems;
    throw error;
  }
  return [];
}

describe('parseConfig', () => {
  it('fills in the defaults', () => {
    expect(parseConfig(schema, { OWNER: 'me' })).toMatchObject({
      ADMIN_HOST: '127.0.0.1',
      AMQP_URL: 'amqp://guest:guest@127.0.0.1:5672',
      REDIS_URL: 'redis://127.0.0.1:6379',
      LOG_LEVEL: 'info',
      PORT: 8080,
    });
  });

  it('names every problem at once, what is expected, and no value', () => {
    const planted = {
      PORT: '80800',
      ADMIN_PORT: '-4',
      AMQP_URL: 'http://u:hunter22@x',
      FAL_KEY: 'short-secret',
    };
    const problems = problemsOf({ ...planted, LOG_LEVEL: 'loud' });
    expect(problems).toEqual([
      'ADMIN_PORT: expected a whole number from 0 to 65535',
      'AMQP_URL: expected a URL that begins with amqp:// or amqps://',
      'LOG_LEVEL: expected error, warn, info or debug',
      'PORT: expected a whole number from 0 to 65535',
      'FAL_KEY: expected a fal key',
      'OWNER: is required. Who to call.',
    ]);
    for (const value of Object.values(planted)) expect(problems.join()).not.toContain(value);
  });

  it('takes an empty variable for an absent one', () => {
    expect(problemsOf({ OWNER: ' ', PORT: '' })).toEqual(['OWNER: is required. Who to call.']);
  });

  it.each(['1.5', '0x', 'abc', '1e9'])('refuses %s as a port', (PORT) => {
    expect(problemsOf({ OWNER: 'me', PORT })).toHaveLength(1);
  });

  it('turns a directory into a file URL and leaves URLs alone', () => {
    expect(parseConfig(schema, { OWNER: 'me', STORAGE_URL: '/data/i2m' }).STORAGE_URL).toBe(
      'file:///data/i2m',
    );
    expect(parseConfig(schema, { OWNER: 'me', STORAGE_URL: 'file:///x/y' }).STORAGE_URL).toBe('file:///x/y');
    expect(
      parseConfig(schema, { OWNER: 'me', STORAGE_URL: 's3://bucket/x?region=eu-central-1' }).STORAGE_URL,
    ).toBe('s3://bucket/x?region=eu-central-1');
    for (const STORAGE_URL of ['ftp://host/x', 'file://host/x'])
      expect(problemsOf({ OWNER: 'me', STORAGE_URL })).toEqual([
        'STORAGE_URL: expected a directory, a file:/// URL or an s3:// URL',
      ]);
  });
});

describe('secretsOf', () => {
  it('finds keys, each of a list, and passwords in URLs; nothing short', () => {
    const found = secretsOf({
      I2M_API_KEYS: 'i2m_aaaaaaaa_bbbbbbbb, acme:i2m_cccccccc_dddddddd',
      AMQP_URL: 'amqp://user:p%40ssw0rd!@host/vhost',
      REDIS_URL: 'redis://:guest@host',
      PATH: '/usr/bin:/usr/local/bin',
    });
    expect(found.sort()).toEqual(
      ['acme:i2m_cccccccc_dddddddd', 'i2m_aaaaaaaa_bbbbbbbb', 'p%40ssw0rd!', 'p@ssw0rd!'].sort(),
    );
  });

  it('survives a password that is not valid percent-encoding', () => {
    expect(secretsOf({ AMQP_URL: 'amqp://user:100%secret@host' })).toContain('100%secret');
  });
});
