import { parseRedisUrl } from './redis-url.js';

it.each([
  ['redis://host', { tls: false, database: 0, server: { host: 'host', port: 6379 } }],
  [
    'rediss://u:p%40ss@[::1]:6380/3',
    { tls: true, username: 'u', password: 'p@ss', database: 3, server: { host: '::1', port: 6380 } },
  ],
  ['redis://:100%@host', { password: '100%' }],
])('reads %s', (url, target) => {
  expect(parseRedisUrl(url)).toMatchObject({ ...target, sentinel: undefined });
});

it('reads Sentinels with the logins of both', () => {
  const url = 'rediss+sentinel://u:p@a:1,b,c:3/2?name=m&sentinel_username=s&sentinel_password=q%26r';
  expect(parseRedisUrl(url)).toEqual({
    ...{ tls: true, username: 'u', password: 'p', database: 2, server: undefined },
    sentinel: {
      addresses: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26_379 },
        { host: 'c', port: 3 },
      ],
      ...{ name: 'm', username: 's', password: 'q&r' },
    },
  });
});

it.each([
  ['', /expected a URL that begins with redis:\/\/ or rediss:\/\//],
  ['amqp://:s3cret@h', /redis\+sentinel:\/\/user:password@a:26379/],
  ['redis://:s3cret@a,b', /2 servers; redis:\/\/ takes one/],
  ['redis://:s3cret@a/db', /number of a database/],
  ['redis://:s3cret@a?name=x', /takes nothing after "\?"/],
  ['redis+sentinel://:s3cret@a,b/0', /"\?name=" is missing/],
  ['redis+sentinel://:s3cret@a/0?name=m&nmae=2', /"nmae" is not known after "\?"/],
])('refuses %s without repeating it', (url, message) => {
  expect(() => parseRedisUrl(url)).toThrow(message);
  expect(() => parseRedisUrl(url)).not.toThrow(/s3cret/);
});
