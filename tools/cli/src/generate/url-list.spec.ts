import { readUrlList } from './url-list.js';

test('one URL a line, with a name or without; comments and empty lines are skipped', () => {
  const text =
    '# cups\n\nhttps://a.example/x/cup%201.jpg?sig=1\r\n  https://a.example/2  red cup.jpg\nhttps://a.example\n';
  expect(readUrlList(text, 'urls.txt').map(({ source, name }) => [source, name])).toEqual([
    ['https://a.example/x/cup%201.jpg?sig=1', 'cup 1.jpg'],
    ['https://a.example/2', 'red cup.jpg'],
    ['https://a.example', 'image'],
  ]);
});

test('what is no URL is named by its line', () => {
  expect(() => readUrlList('https://a.example/1\nfile:///etc/passwd', 'urls.txt')).toThrow(
    'urls.txt, line 2',
  );
  expect(() => readUrlList('# nothing', 'urls.txt')).toThrow('no URL');
});
