import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fromBuffer } from 'yauzl';
import type { ArchiveEntry } from '../domain/archive.js';
import { packZip } from './pack-zip.js';

async function* entries(count: number, bytesOf: (n: number) => Buffer): AsyncGenerator<ArchiveEntry> {
  for (let n = 0; n < count; n += 1) {
    const bytes = bytesOf(n);
    yield { path: `${n}-é.glb`, bytes: bytes.length, open: async () => Readable.from([bytes]) };
  }
}
const text = (n: number): Buffer => Buffer.from(`file ${n}`);
const date = new Date('2026-01-02T03:04:06Z');

function pathsOf(zip: Buffer): Promise<string[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(zip, { autoClose: true }, (error, file) => {
      if (error) return reject(error);
      const paths: string[] = [];
      file.on('entry', ({ fileName }) => paths.push(fileName));
      file.once('end', () => resolve(paths)).once('error', reject);
    });
  });
}

it.each([0, 1, 500, 800, 2_000])('announces the very length of a zip of %i files', async (count) => {
  const archive = await packZip(entries(count, text), date);
  const zip = await buffer(archive.bytes);
  expect(zip.length).toBe(archive.length);
  expect(await pathsOf(zip)).toEqual(Array.from({ length: count }, (_, n) => `${n}-é.glb`));
});

it('opens one entry after the other, and none before all are planned', async () => {
  const opened: number[] = [];
  const closed: number[] = [];
  let planned = false;
  async function* watched(): AsyncGenerator<ArchiveEntry> {
    for (let n = 0; n < 4; n += 1)
      yield {
        path: `${n}`,
        bytes: 100_000,
        open: async () => {
          expect(planned).toBe(true);
          expect(opened.length).toBe(closed.length);
          opened.push(n);
          const stream = Readable.from([Buffer.alloc(100_000)]);
          return stream.once('close', () => closed.push(n));
        },
      };
    planned = true;
  }
  const archive = await packZip(watched(), date);
  await buffer(archive.bytes);
  expect([opened, closed]).toEqual([
    [0, 1, 2, 3],
    [0, 1, 2, 3],
  ]);
});

const broken: [string, () => Promise<Readable>][] = [
  ['cannot be opened', () => Promise.reject(new Error('gone'))],
  ['is too short', async () => Readable.from([Buffer.alloc(5)])],
  ['is too long', async () => Readable.from([Buffer.alloc(50)])],
  [
    'breaks off',
    async () =>
      Readable.from(
        (async function* () {
          yield Buffer.alloc(5);
          throw new Error('gone');
        })(),
      ),
  ],
];
it.each(broken)('breaks when an entry %s', async (_, open) => {
  async function* bad(): AsyncGenerator<ArchiveEntry> {
    yield* entries(2, text);
    yield { path: 'bad', bytes: 10, open };
    yield* entries(1, text);
  }
  await expect(buffer((await packZip(bad(), date)).bytes)).rejects.toThrow();
});

it('passes on what the plan throws', async () => {
  async function* failing(): AsyncGenerator<ArchiveEntry> {
    yield* entries(1, text);
    throw new Error('Redis is away');
  }
  await expect(packZip(failing(), date)).rejects.toThrow('Redis is away');
});

it('closes the entry that is open when its reader goes', async () => {
  const stream = new Readable({ read: () => undefined });
  const open = async (): Promise<Readable> => stream;
  const archive = await packZip(
    (async function* () {
      yield { path: 'endless', bytes: 10, open };
    })(),
    date,
  );
  archive.bytes.once('readable', () => archive.bytes.destroy());
  await new Promise((resolve) => stream.once('close', resolve));
});
