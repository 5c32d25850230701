import { chooseConnection, shownKey } from './connection.js';

const key = `i2m_0011aabb_${'x'.repeat(43)}`;
const env = { name: 'environment', url: 'http://env/', key: 'env', explicit: true };
const file = { name: 'file', url: 'http://file', key: 'file', explicit: false };

test('the first that knows wins, for address and key each', () => {
  expect(chooseConnection([{ name: 'flags', url: 'http://flag', explicit: true }, env, file])).toEqual({
    ...{ url: 'http://flag', urlFrom: 'flags', key: 'env', keyFrom: 'environment' },
  });
  expect(chooseConnection([{ name: 'flags', explicit: true }, file])).toMatchObject({
    url: 'http://file',
    key: 'file',
  });
  expect(chooseConnection([{ name: 'flags', key: 'k', explicit: true }])).toBeNull();
});

test('a key that is kept for one gateway is not sent to another', () => {
  const flags = { name: 'flags', url: 'http://elsewhere', explicit: true };
  expect(chooseConnection([flags, file])).toMatchObject({ key: undefined, keyFrom: null });
  expect(chooseConnection([{ ...flags, url: 'http://file/' }, file])).toMatchObject({ key: 'file' });
});

test('of a key only its public part is shown', () => {
  expect(shownKey(key)).toBe('i2m_0011aabb_…');
  expect(shownKey(`acme:${key}`)).toBe('i2m_0011aabb_…');
  expect(shownKey('secret')).toBe('set_…');
  expect(shownKey(undefined)).toBe('none');
});
