import { text } from 'node:stream/consumers';
import type { Storage, StoredObject } from '../../src/storage.js';

const bytes = (of: string): Uint8Array => Buffer.from(of);
/** Everything that is iterated. */
export const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};
const keysOf = (objects: readonly StoredObject[]): string[] => objects.map(({ key }) => key).sort();

/** What every storage promises about many objects at once. */
export function treeContract(storage: () => Storage): void {
  describe('list, groups, names', () => lists(storage));
  describe('remove and move', () => removesAndMoves(storage));
}

function lists(storage: () => Storage): void {
  beforeEach(async () => {
    await storage().write('batches/a/sources/0', bytes('xy'));
    await storage().write('batches/a/manifest.json', bytes('{}'));
    await storage().write('batches/b/sources/0', bytes('z'));
    await storage().write('batches/a-file', bytes('x'));
  });

  it('lists the objects below a prefix, with their sizes and times', async () => {
    const found = await all(storage().list('batches/a'));
    expect(found.map(({ key, bytes }) => [key, bytes]).sort()).toEqual([
      ['batches/a/manifest.json', 2],
      ['batches/a/sources/0', 2],
    ]);
    for (const { modifiedAtMs } of found) expect(Math.abs(Date.now() - modifiedAtMs)).toBeLessThan(60_000);
    expect(await all(storage().list('batches/none'))).toEqual([]);
  });

  it('names the folders of a level, and tells when they changed last', async () => {
    expect((await all(storage().names('batches'))).sort()).toEqual(['a', 'b']);
    expect(await all(storage().names('nowhere'))).toEqual([]);
    const group = await storage().group('batches/a');
    expect(group).toMatchObject({ prefix: 'batches/a' });
    expect(group?.modifiedAtMs).toBeGreaterThan(Date.now() - 60_000);
    expect(await storage().group('batches/none')).toBeNull();
  });
}

function removesAndMoves(storage: () => Storage): void {
  it('removes one prefix and nothing else, twice if asked', async () => {
    for (const key of ['batches/a/sources/0', 'batches/a/m', 'batches/ab/sources/0', 'batches/a-b'])
      await storage().write(key, bytes('xy'));
    await storage().remove('batches/a');
    await storage().remove('batches/a');
    expect(keysOf(await all(storage().list('batches')))).toEqual(['batches/a-b', 'batches/ab/sources/0']);
    await expect(storage().remove('never/was/there')).resolves.toBeUndefined();
  });

  it('removes one object and leaves those whose names begin with its own', async () => {
    for (const idx of [1, 10, 11]) await storage().write(`batches/a/sources/${idx}`, bytes('x'));
    await storage().remove('batches/a/sources/1');
    expect(keysOf(await all(storage().list('batches/a')))).toEqual([
      'batches/a/sources/10',
      'batches/a/sources/11',
    ]);
  });

  it('moves everything to another place and back, as it was', async () => {
    await storage().write('batches/a/sources/0', bytes('xy'));
    await storage().write('batches/a/manifest.json', bytes('{}'));
    await storage().write('batches/ab/sources/0', bytes('z'));
    await storage().move('batches/a', 'trash/17-a');
    expect(await all(storage().names('batches'))).toEqual(['ab']);
    expect(keysOf(await all(storage().list('trash')))).toEqual([
      'trash/17-a/manifest.json',
      'trash/17-a/sources/0',
    ]);
    await storage().move('trash/17-a', 'batches/a');
    expect(await text(await storage().read('batches/a/sources/0'))).toBe('xy');
    expect(await all(storage().list('trash'))).toEqual([]);
  });

  it('moves to no place where something is, and does nothing for what is gone', async () => {
    await storage().write('batches/a/manifest.json', bytes('a'));
    await storage().write('trash/1-a/manifest.json', bytes('b'));
    await expect(storage().move('batches/a', 'trash/1-a')).rejects.toMatchObject({ code: 'exists' });
    expect(await text(await storage().read('batches/a/manifest.json'))).toBe('a');
    expect(await text(await storage().read('trash/1-a/manifest.json'))).toBe('b');
    await expect(storage().move('batches/none', 'trash/2-none')).resolves.toBeUndefined();
  });
}
