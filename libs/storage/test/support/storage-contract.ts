import { createHash, randomBytes } from 'node:crypto';
import { buffer, text } from 'node:stream/consumers';
import type { Storage } from '../../src/storage.js';
import { all, treeContract } from './tree-contract.js';

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const bytes = (of: string): Uint8Array => Buffer.from(of);
async function* pieces(...of: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of of) yield Buffer.from(piece);
}
async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half');
  throw new Error('gone');
}

/** What every storage promises; `open` gives an empty one. */
export function storageContract(open: () => Promise<Storage>): void {
  let storage: Storage;
  beforeEach(async () => {
    storage = await open();
  });
  describe('write and read', () => writesAndReads(() => storage));
  describe('conditional create', () => createsOnce(() => storage));
  treeContract(() => storage);

  it('can be used, and says how much room is left or that this has no meaning', async () => {
    await expect(storage.check()).resolves.toBeUndefined();
    const free = await storage.freeBytes();
    expect(free === null || free > 0).toBe(true);
    expect([storage.kind, free === null, storage.presign === null]).toEqual(
      storage.kind === 'files' ? ['files', false, true] : ['objects', true, false],
    );
  });

  it.each([
    ...['', '/etc/passwd', '../x', 'a/../b', 'a//b', 'a/', '.hidden', 'a/.tmp-1', 'a b', 'a\0b', 'ä', 'a..b'],
    'x/'.repeat(9) + 'x',
    'a'.repeat(129),
  ])('refuses the key %j', async (key) => {
    for (const act of [
      async () => storage.write(key, bytes('x')),
      async () => storage.read(key),
      async () => storage.remove(key),
      async () => all(storage.list(key)),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'invalid_key' });
  });
}

function writesAndReads(storage: () => Storage): void {
  it('keeps bytes and says their size and checksum', async () => {
    const written = await storage().write('batches/a/manifest.json', bytes('hello'));
    expect(written).toEqual({ bytes: 5, sha256: sha256('hello') });
    expect(await text(await storage().read('batches/a/manifest.json'))).toBe('hello');
    expect(await storage().stat('batches/a/manifest.json')).toEqual({ bytes: 5 });
  });

  it('takes a stream, and gives ranges with both ends inclusive', async () => {
    expect(await storage().write('k', pieces('0123', '', '456789'))).toEqual({
      bytes: 10,
      sha256: sha256('0123456789'),
    });
    expect(await text(await storage().read('k', { start: 2, end: 5 }))).toBe('2345');
    expect(await text(await storage().read('k', { start: 8 }))).toBe('89');
    expect(await text(await storage().read('k', { start: 8, end: 200 }))).toBe('89');
    expect(await text(await storage().read('k', { end: 1 }))).toBe('01');
    expect(await text(await storage().read('k', { start: 10 }))).toBe('');
  });

  it('keeps an empty object', async () => {
    expect(await storage().write('k', pieces())).toEqual({ bytes: 0, sha256: sha256('') });
    expect(await storage().stat('k')).toEqual({ bytes: 0 });
    expect(await text(await storage().read('k'))).toBe('');
    expect(await text(await storage().read('k', { start: 0, end: 99 }))).toBe('');
  });

  it.each([5 * 1024 * 1024, 11 * 1024 * 1024 + 7])(
    'keeps an object of %i bytes, as bytes and as a stream',
    async (size) => {
      const data = randomBytes(size);
      const expected = { bytes: size, sha256: sha256(data) };
      expect(await storage().write('whole', data)).toEqual(expected);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < size; at += 1_000_003) yield data.subarray(at, at + 1_000_003);
      }
      expect(await storage().write('stream', chunks())).toEqual(expected);
      for (const key of ['whole', 'stream']) {
        expect(sha256(await buffer(await storage().read(key)))).toBe(expected.sha256);
        const part = await buffer(await storage().read(key, { start: 5_242_000, end: 5_242_800 }));
        expect(part.equals(data.subarray(5_242_000, 5_242_801))).toBe(true);
      }
    },
  );

  it('replaces what is there', async () => {
    await storage().write('k', bytes('one'));
    await storage().write('k', bytes('two'));
    expect(await text(await storage().read('k'))).toBe('two');
  });

  it('leaves nothing behind when the source fails half-way, and what was there as it was', async () => {
    await expect(storage().write('batches/a/sources/0', broken())).rejects.toThrow('gone');
    expect(await storage().stat('batches/a/sources/0')).toBeNull();
    await storage().write('k', bytes('1'));
    await expect(storage().write('k', broken())).rejects.toThrow('gone');
    expect(await text(await storage().read('k'))).toBe('1');
    expect(await all(storage().list('batches'))).toEqual([]);
    expect(await storage().dropUnfinished('batches', Date.now() + 60_000)).toEqual({ files: 0, bytes: 0 });
  });

  it('says not_found before the first byte', async () => {
    await storage().write('a/b', bytes('x'));
    for (const key of ['nothing/here', 'a', 'a/b/c']) {
      await expect(storage().read(key)).rejects.toMatchObject({ code: 'not_found' });
      expect(await storage().stat(key)).toBeNull();
    }
  });
}

function createsOnce(storage: () => Storage): void {
  it('refuses to replace with ifAbsent', async () => {
    expect(await storage().write('k', bytes('one'), { ifAbsent: true })).toMatchObject({ bytes: 3 });
    await expect(storage().write('k', bytes('two'), { ifAbsent: true })).rejects.toMatchObject({
      code: 'exists',
    });
    expect(await text(await storage().read('k'))).toBe('one');
  });

  it.each([10, 6 * 1024 * 1024])('lets one of many creators of %i bytes win', async (size) => {
    const creators = Array.from({ length: 6 }, () => randomBytes(size));
    const ends = await Promise.allSettled(
      creators.map((data) => storage().write('race/contested', data, { ifAbsent: true })),
    );
    const winners = creators.filter((_, i) => ends[i]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const end of ends)
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'exists' });
    expect(sha256(await buffer(await storage().read('race/contested')))).toBe(sha256(winners[0] ?? ''));
    expect(await storage().dropUnfinished('race', Date.now() + 60_000)).toEqual({ files: 0, bytes: 0 });
  });
}
