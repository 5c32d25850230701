import { parseBrokerList, splitServers } from './server-list.js';

it.each([
  ['amqp://u:p@h:1/v', ['amqp://u:p@h:1/v']],
  [
    'amqp://u:p@a:1,b,c:3/v?heartbeat=5',
    ['amqp://u:p@a:1/v?heartbeat=5', 'amqp://u:p@b/v?heartbeat=5', 'amqp://u:p@c:3/v?heartbeat=5'],
  ],
  ['amqp://u:p@a/v, amqp://w:q@b/v', ['amqp://u:p@a/v', 'amqp://w:q@b/v']],
  ['amqp://u:p,w@a,b', ['amqp://u:p,w@a', 'amqp://u:p,w@b']],
  ['nonsense', ['nonsense']],
])('splits %s', (text, servers) => expect(splitServers(text)).toEqual(servers));

it('knows the nodes of a cluster', () => {
  expect(parseBrokerList('amqps://u:p@a,b:5671/v')).toEqual(['amqps://u:p@a/v', 'amqps://u:p@b:5671/v']);
});

it.each([
  ['', 'expected a URL that begins with amqp:// or amqps://'],
  ['http://u:s3cret@h', 'expected a URL that begins with amqp:// or amqps://'],
  ['amqp://u:s3cret@a/v,redis://h', 'entry 2 of 2: expected a URL that begins with amqp:// or amqps://'],
  [
    'amqp://u:s3cret@a/v,amqp://u:s3cret@b/w',
    /^entry 2 of 2: expected the scheme and the virtual host of entry 1/,
  ],
  ['amqp://u:s3cret@a/v,amqps://u:s3cret@a/v', /^entry 2 of 2: expected the scheme/],
])('refuses %s without repeating it', (text, message) => {
  expect(() => parseBrokerList(text)).toThrow(message);
  expect(() => parseBrokerList(text)).not.toThrow(/s3cret/);
});
