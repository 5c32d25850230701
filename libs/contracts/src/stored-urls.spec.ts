import { packUrls, urlPlace, urlRange } from './stored-urls.js';

it('gives back each URL by its place', () => {
  const urls = [
    'https://a.example/ä.jpg',
    'https://b.example/?sig=%2F',
    `https://c.example/${'x'.repeat(2_000)}`,
  ];
  const packed = Buffer.from(packUrls(urls));
  const slice = ({ start, end }: { start: number; end: number }): Buffer => packed.subarray(start, end + 1);
  expect(urls.map((_, idx) => slice(urlRange(slice(urlPlace(idx)))).toString())).toEqual(urls);
});
