import { redactedConfig } from './redacted-config.js';

it('shows what is no secret as it is', () => {
  expect(
    redactedConfig({ LOG_LEVEL: 'info', PORT: 8080, ON: true, HOSTS: ['a', 'b'], NONE: undefined }),
  ).toEqual({ LOG_LEVEL: 'info', PORT: 8080, ON: true, HOSTS: '["a","b"]', NONE: null });
});

it.each([
  'I2M_API_KEYS',
  'FAL_KEY',
  'I2M_WEBHOOK_SECRET',
  'PAGERDUTY_TOKEN',
  'DB_PASSWORD',
  'ALERT_WEBHOOK_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
])('says of %s only whether it is set', (name) => {
  expect(redactedConfig({ [name]: 'hunter2' })).toEqual({ [name]: 'set' });
  expect(redactedConfig({ [name]: [{ key: 'hunter2' }] })).toEqual({ [name]: 'set' });
  for (const nothing of [undefined, '', null, [], {}])
    expect(redactedConfig({ [name]: nothing })).toEqual({ [name]: 'not set' });
});

it('shows where a server is, unless its URL holds a login or a query', () => {
  const config = {
    REDIS_URL: 'redis://127.0.0.1:6379/3',
    AMQP_URL: 'amqp://guest:hunter2@host/vhost',
    PUBLIC: 'https://host/path?signature=hunter2',
    NESTED: { to: 'https://user@host' },
  };
  expect(redactedConfig(config)).toEqual({
    REDIS_URL: 'redis://127.0.0.1:6379/3',
    AMQP_URL: 'set',
    PUBLIC: 'set',
    NESTED: 'set',
  });
});
