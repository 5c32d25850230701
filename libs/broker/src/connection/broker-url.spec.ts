import { parseBrokerUrls, type BrokerUrl } from './broker-url.js';

const parseBrokerUrl = (text: string): BrokerUrl => {
  const [url] = parseBrokerUrls(text);
  if (url === undefined) throw new Error('no URL');
  return url;
};

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

it('knows every node of a list, each with the login and the heartbeat', () => {
  const nodes = parseBrokerUrls('amqp://user:s3cret@a:1,b:2/vhost');
  expect(nodes.map(({ shown }) => shown)).toEqual(['amqp://a:1/vhost', 'amqp://b:2/vhost']);
  expect(nodes[1]?.secret).toBe('amqp://user:s3cret@b:2/vhost?heartbeat=10');
});
