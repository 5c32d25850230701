import { hostAndPort, shownUrl, sourceHostsSchema, sourceUrlFault } from './source-url.js';

it.each([
  'http://example.com/a.jpg',
  'https://example.com',
  'HTTPS://EXAMPLE.com:443/a?sig=1',
  'http://example.com:443/a.jpg',
  'http://127.0.0.1/a.jpg',
])('%s may be asked', (url) => expect(sourceUrlFault(url, [])).toBeNull());

it.each([
  ['', /not a URL/],
  ['a.jpg', /not a URL/],
  ['//example.com/a.jpg', /not a URL/],
  ['http://', /not a URL/],
  ['http://exa mple.com/', /not a URL/],
  ['file:///etc/passwd', /http:\/\/ or https:\/\/; got file:/],
  ['data:image/png;base64,AAAA', /got data:/],
  ['ftp://example.com/a.jpg', /got ftp:/],
  ['javascript:alert(1)', /got javascript:/],
  ['http://example.com:8080/a.jpg', /port 80 or 443; got 8080/],
  ['https://user@example.com/a.jpg', /user name or a password/],
  ['https://:pass@example.com/a.jpg', /user name or a password/],
])('%s may not', (url, why) => expect(sourceUrlFault(url, [])).toMatch(why));

it('lets listed hosts have their own port, and no other', () => {
  expect(sourceUrlFault('http://images.internal:8080/a', ['images.internal:8080'])).toBeNull();
  expect(sourceUrlFault('http://images.internal:8081/a', ['images.internal:8080'])).toMatch(/8081/);
  expect(sourceUrlFault('http://other.internal:8080/a', ['images.internal:8080'])).toMatch(/8080/);
});

it('shows neither query nor fragment', () =>
  expect(shownUrl('https://example.com:443/a%20b.jpg?X-Amz-Signature=secret#part')).toBe(
    'https://example.com/a%20b.jpg',
  ));

it('reads SOURCE_ALLOW_HOSTS', () => {
  expect(sourceHostsSchema.parse(undefined)).toEqual([]);
  expect(sourceHostsSchema.parse('127.0.0.1:8080, Images.Internal:80 ,[::1]:9000,')).toEqual([
    '127.0.0.1:8080',
    'images.internal:80',
    '[::1]:9000',
  ]);
  expect(hostAndPort(new URL('http://images.internal/a'))).toBe('images.internal:80');
});

it.each(['images.internal', 'http://images.internal:80', 'a:80/b', 'u@a:80', 'a:99999', ':80'])(
  '%s is not host:port',
  (text) => expect(sourceHostsSchema.safeParse(text).success).toBe(false),
);
