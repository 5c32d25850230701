import { services } from '@image2model/contracts';
import { parseConfig } from '@image2model/service-kit';
import { brokerAccounts, deployLogin, permissionsOf, redisAccounts, topicPermissionOf } from './accounts.js';
import { configSchema, passwordVariable } from './config.js';

const configOf = (more: Record<string, string> = {}): ReturnType<typeof configSchema.parse> =>
  parseConfig(configSchema, {
    BOOTSTRAP_AMQP_API_URL: 'http://admin:the-admins-password@rabbitmq:15672',
    BOOTSTRAP_AMQP_URL: 'amqp://deploy:p%40ss@a,b/i2m%2Fone',
    BOOTSTRAP_REDIS_URL: 'redis://admin:a-password@redis',
    ...Object.fromEntries(
      services.map((service) => [passwordVariable(service), `a long password of ${service}`]),
    ),
    ...more,
  });

test('one user a service, the deploy user, and one that only looks when it has a password', () => {
  expect(deployLogin(configOf())).toEqual({ name: 'deploy', password: 'p@ss', vhost: 'i2m/one' });
  const names = (more?: Record<string, string>): string[] =>
    brokerAccounts(configOf(more)).map(({ name }) => name);
  expect(names()).toEqual(['deploy', ...services.map((service) => `i2m-${service}`)]);
  expect(names({ BOOTSTRAP_PASSWORD_MONITORING: 'a long password for it' }).at(-1)).toBe('i2m-monitoring');
});

test('an administrator that declares the topology itself keeps its rights', () => {
  const config = configOf({ BOOTSTRAP_AMQP_URL: 'amqp://admin:the-admins-password@rabbitmq' });
  expect(brokerAccounts(config).map(({ name }) => name)).not.toContain('admin');
  expect(deployLogin(config).vhost).toBe('/');
});

test('who only looks may do nothing in the virtual host', () => {
  const monitoring = brokerAccounts(configOf({ BOOTSTRAP_PASSWORD_MONITORING: 'a long password for it' })).at(
    -1,
  );
  expect(monitoring?.tags).toEqual(['monitoring']);
  expect(monitoring && permissionsOf(monitoring.rights)).toEqual({
    configure: '^$',
    write: '^$',
    read: '^$',
  });
});

test('a topic permission names the events; only the deploy user binds', () => {
  const accounts = brokerAccounts(configOf());
  const [deploy, gateway] = accounts.map(({ rights }) => topicPermissionOf(rights));
  expect(gateway).toEqual({
    exchange: 'events',
    write: '^(batch\\.submitted|batch\\.cancel-requested|generation\\.notified)$',
    read: '^$',
  });
  expect(deploy).toMatchObject({ write: '^$', read: expect.stringContaining('batch\\.completed') });
});

test('passwords of Redis users are hashes', () => {
  const text = JSON.stringify(redisAccounts(configOf()));
  expect(text).not.toContain('a long password');
  expect(redisAccounts(configOf()).every(({ passwordSha256 }) => /^[0-9a-f]{64}$/.test(passwordSha256))).toBe(
    true,
  );
});
