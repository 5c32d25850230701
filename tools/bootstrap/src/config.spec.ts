import { services } from '@image2model/contracts';
import { parseConfig } from '@image2model/service-kit';
import { configSchema, contradictionsIn, passwordVariable } from './config.js';

const valid: Record<string, string> = {
  BOOTSTRAP_AMQP_API_URL: 'https://admin:the-admins-password@rabbitmq:15671',
  BOOTSTRAP_AMQP_URL: 'amqps://deploy:the-deploy-password@rabbitmq-0,rabbitmq-1/i2m',
  BOOTSTRAP_REDIS_URL: 'redis://admin:a-password@redis-0:6379,redis-1:6379',
  ...Object.fromEntries(
    services.map((service) => [passwordVariable(service), `a long password of ${service}`]),
  ),
};
const parse = (more: Record<string, string>): ReturnType<typeof configSchema.parse> =>
  parseConfig(configSchema, { ...valid, ...more });

test('a complete environment is taken; nothing is deleted or opened unless it says so', () => {
  const config = parse({});
  expect(config).toMatchObject({
    BOOTSTRAP_USER_PREFIX: 'i2m-',
    BOOTSTRAP_DELETE_GUEST: false,
    BOOTSTRAP_REDIS_DEFAULT_OFF: false,
    BOOTSTRAP_ALLOW_PURGE: false,
  });
  expect(contradictionsIn(config)).toEqual([]);
});

test.each([
  [
    { BOOTSTRAP_AMQP_API_URL: 'amqp://admin:secret-of-admin@rabbitmq' },
    'expected a URL that begins with http://',
  ],
  [{ BOOTSTRAP_AMQP_API_URL: 'http://rabbitmq:15672' }, 'expected a login in the URL'],
  [{ BOOTSTRAP_AMQP_URL: 'amqp://rabbitmq/i2m' }, 'expected a login in the URL'],
  [
    { BOOTSTRAP_REDIS_URL: 'redis+sentinel://admin:secret-of-admin@a:26379/0?name=m' },
    'expected the servers themselves',
  ],
  [{ BOOTSTRAP_PASSWORD_GATEWAY: 'secret' }, 'BOOTSTRAP_PASSWORD_GATEWAY: expected at least 16 characters'],
  [{ BOOTSTRAP_PASSWORD_ALERT_SERVICE: '' }, 'BOOTSTRAP_PASSWORD_ALERT_SERVICE: is required'],
  [{ BOOTSTRAP_USER_PREFIX: 'I2M ' }, 'BOOTSTRAP_USER_PREFIX: expected'],
  [{ BOOTSTRAP_DELETE_GUEST: 'yes' }, 'BOOTSTRAP_DELETE_GUEST: expected true or false'],
])('%p is refused without its value', (more, text) => {
  expect(() => parse(more)).toThrow(text);
  expect(() => parse(more)).not.toThrow(/secret/);
});

test('nobody is locked out, and no two services share a password', () => {
  const same = { BOOTSTRAP_PASSWORD_GATEWAY: valid[passwordVariable('alert-service')] ?? '' };
  expect(contradictionsIn(parse(same))).toEqual([
    'BOOTSTRAP_PASSWORD_ALERT_SERVICE: another service has the same; give each its own',
  ]);
  const guest = {
    BOOTSTRAP_DELETE_GUEST: 'true',
    BOOTSTRAP_AMQP_API_URL: 'http://guest:guest@rabbitmq:15672',
  };
  expect(contradictionsIn(parse(guest))).toEqual([
    expect.stringMatching(/^BOOTSTRAP_DELETE_GUEST: .* as guest;/),
  ]);
  const off = { BOOTSTRAP_REDIS_DEFAULT_OFF: 'true', BOOTSTRAP_REDIS_URL: 'redis://:a-password@redis' };
  expect(contradictionsIn(parse(off))).toEqual([expect.stringMatching(/^BOOTSTRAP_REDIS_DEFAULT_OFF: /)]);
  expect(
    contradictionsIn(parse({ BOOTSTRAP_DELETE_GUEST: 'true', BOOTSTRAP_REDIS_DEFAULT_OFF: 'true' })),
  ).toEqual([]);
});
