import { parseBrokerUrl } from './broker-url.js';

it('shows where the broker is and nothing of who asks', () => {
  const { secret, shown } = parseBrokerUrl('amqps://user:s3cret@host:5671/vhost?heartbeat=3');
  expect(shown).toBe('amqps://host:5671/vhost');
  expect(secret).toContain('s3cret');
  expect(new URL(secret).searchParams.get('heartbeat')).toBe('3');
});

it('asks for a heartbeat that notices a dead broker within half a minute', () => {
  expect(new URL(parseBrokerUrl('amqp://host').secret).searchParams.get('heartbeat')).toBe('10');
});

it.each(['', 'host:5672', 'redis://:s3cret@host', 'amqp//s3cret'])(
  'refuses %j without repeating it',
  (text) => {
    expect(() => parseBrokerUrl(text)).toThrow(TypeError);
    expect(() => parseBrokerUrl(text)).not.toThrow(/s3cret/);
  },
);
