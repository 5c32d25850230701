import { checkedUrl, redirectedUrl } from './next-url.js';

const rules = { allow: ['images.internal:8080'], ports: undefined };
const follow = (from: string, location: string): string =>
  redirectedUrl(new URL(from), location, 'host a.example', rules).href;

it.each([
  ['/b.jpg', 'https://a.example/b.jpg'],
  ['b.jpg?x=1', 'https://a.example/photos/b.jpg?x=1'],
  ['//b.example/c', 'https://b.example/c'],
  ['https://b.example:443/c', 'https://b.example/c'],
  [Buffer.from('/ä.jpg').toString('latin1'), 'https://a.example/%C3%A4.jpg'],
])('follows %s', (location, to) => expect(follow('https://a.example/photos/a.jpg', location)).toBe(to));

it.each([
  'http://b.example/c',
  'https://b.example:8443/c',
  'https://images.internal:8081/c',
  'https://user:pass@b.example/c',
  'file:///etc/passwd',
  'gopher://b.example/',
  'http://[::1',
])('does not follow %s', (location) => {
  expect(() => follow('https://a.example/a.jpg', location)).toThrow(
    expect.objectContaining({
      fault: 'forbidden',
      message: expect.stringMatching(/^host a\.example redirects /),
    }),
  );
});

it('goes from http to https, and to a port that an operator allowed', () => {
  expect(follow('http://a.example/', 'https://a.example/')).toBe('https://a.example/');
  expect(follow('http://a.example/', 'http://images.internal:8080/a')).toBe('http://images.internal:8080/a');
});

it('gives away nothing of a location', () =>
  expect(() => follow('http://a.example/', 'http://secret.internal:9/')).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('secret') }),
  ));

it('refuses what is no URL for an image', () => {
  for (const text of ['x', 'ftp://a.example/', 'http://a.example:22/', 'http://u@a.example/'])
    expect(() => checkedUrl(text, rules)).toThrow(expect.objectContaining({ fault: 'forbidden' }));
});
