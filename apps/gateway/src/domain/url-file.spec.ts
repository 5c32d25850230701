import { originOf, urlFile } from './url-file.js';

it.each([
  ['https://example.com/a/red%20shoe.jpg?x=1#y', 'red shoe.jpg'],
  ['https://example.com/a/', 'example.com'],
  ['https://example.com', 'example.com'],
  ['https://example.com/%00%07.png', '.png'],
  ['https://example.com/100%', '100%'],
  ['https://example.com/..%2f..%2fetc', '../../etc'],
  [`https://example.com/${'x'.repeat(300)}`, 'x'.repeat(255)],
])('%.40s is called %.40s', (url, name) => expect(urlFile(3, { url })).toMatchObject({ idx: 3, name, url }));

it('keeps a name that was sent, cleaned, unless nothing is left of it', () => {
  const url = 'https://example.com/a.jpg';
  expect(urlFile(0, { url, name: 'b\r\n.png' }).name).toBe('b.png');
  expect(urlFile(0, { url, name: '\r\n' }).name).toBe('a.jpg');
});

it('gives Redis the URL without its query, and what was sent along', () => {
  const file = urlFile(0, { url: 'https://example.com/a.jpg?sig=secret', metadata: { sku: 1 } });
  expect(originOf(file)).toEqual({ url: 'https://example.com/a.jpg', metadata: { sku: 1 } });
  expect(file.url).toContain('secret');
});
