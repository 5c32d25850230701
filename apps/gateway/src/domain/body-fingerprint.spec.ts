import { createFormFingerprint, jsonFingerprint } from './body-fingerprint.js';

describe('of JSON', () => {
  const same = jsonFingerprint({ provider: 'noop', count: 3, settings: { seed: 1, texture: 'no' } });

  it('does not depend on the order of keys', () => {
    const text = '{"settings": {"texture":"no", "seed":1.0}, "count":3, "provider":"noop"}';
    expect(jsonFingerprint(JSON.parse(text))).toBe(same);
  });

  it.each([
    { provider: 'noop', count: 4, settings: { seed: 1, texture: 'no' } },
    { provider: 'noop', count: '3', settings: { seed: 1, texture: 'no' } },
    { provider: 'noop', count: 3, settings: { seed: 1 }, texture: 'no' },
    { provider: 'noop', count: 3, settings: { seed: 1, texture: 'no' }, name: null },
  ])('is another for %j', (body) => expect(jsonFingerprint(body)).not.toBe(same));

  it('keeps the order of lists, and what is between them', () => {
    const prints = [[1, 2], [2, 1], [12], ['1', 2], [[1], 2], [1, [2]], { 0: 1, 1: 2 }].map(jsonFingerprint);
    expect(new Set(prints).size).toBe(prints.length);
  });
});

describe('of a form', () => {
  async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
  }
  const printOf = async (
    files: readonly [name: string, text: string][],
    fields: Record<string, string> = {},
    size = 2,
  ): Promise<string> => {
    const print = createFormFingerprint();
    await Promise.all(
      files.map(async ([name, text], index) => {
        const pieces = print.watch({ index, field: 'images', name }, cut(text, size));
        let passed = '';
        for (let next = await pieces.next(); next.done !== true; next = await pieces.next())
          passed += Buffer.from(next.value).toString();
        expect(passed).toBe(text);
      }),
    );
    return print.of(fields);
  };
  const files: [string, string][] = [
    ['a.jpg', 'aaaa'],
    ['b.jpg', 'bbb'],
  ];

  it('does not depend on pieces and the order of fields', async () => {
    const same = await printOf(files, { name: 'x', priority: 'low' });
    expect(await printOf(files, { priority: 'low', name: 'x' }, 3)).toBe(same);
  });

  it('depends on everything else', async () => {
    const [[a, aBytes], [b, bBytes]] = [files[0] ?? ['', ''], files[1] ?? ['', '']];
    const prints = await Promise.all([
      printOf(files),
      printOf([...files].reverse()),
      printOf(files.slice(1)),
      printOf([
        [a, bBytes],
        [b, aBytes],
      ]),
      printOf([
        [a, `${aBytes}b`],
        [b, 'bb'],
      ]),
      printOf(files, { name: 'x' }),
      printOf(files, { name: 'y' }),
    ]);
    expect(new Set(prints).size).toBe(prints.length);
  });
});
