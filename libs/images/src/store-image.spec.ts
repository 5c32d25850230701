import sharp from 'sharp';
import { restrictSharp } from './inspect-image.js';
import { imageLimits } from './judge-image.js';
import { makeThumbnail } from './make-thumbnail.js';
import { judgeStoredImage, storeImage, type ImageStorage, type StoredImage } from './store-image.js';

beforeAll(restrictSharp);

/** Storage in memory: what is written whole is there, what broke off is not. */
function memory(): { storage: ImageStorage; kept: Map<string, Buffer> } {
  const kept = new Map<string, Buffer>();
  const storage: ImageStorage = {
    write: async (key, data) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of data) chunks.push(chunk);
      const whole = Buffer.concat(chunks);
      kept.set(key, whole);
      return { bytes: whole.length, sha256: 'checksum' };
    },
    read: async (key, { start = 0, end = Infinity } = {}) =>
      (async function* () {
        yield (kept.get(key) ?? Buffer.alloc(0)).subarray(start, end + 1);
      })(),
    remove: async (key) => void kept.delete(key),
  };
  return { storage, kept };
}
async function* pieces(bytes: Buffer, size = 1_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const square = (format: 'jpeg' | 'png' | 'webp' | 'gif', side = 32): Promise<Buffer> =>
  sharp({ create: { width: side, height: side, channels: 3, background: 'red' } })
    .toFormat(format)
    .toBuffer();
const limits = imageLimits(1, 1);

async function both(bytes: Buffer): Promise<StoredImage & { kept: number }> {
  const { storage, kept } = memory();
  const image = await storeImage({ storage, limits }, 'a', pieces(bytes));
  // judged later it is the same, but for the checksum
  const later = memory();
  later.kept.set('a', bytes);
  const again = await judgeStoredImage({ storage: later.storage, limits }, 'a', bytes.length);
  expect(again).toEqual({ ...image, sha256: null });
  expect(later.kept.size).toBe(kept.size);
  return { ...image, kept: kept.size };
}

it.each(['jpeg', 'png', 'webp'] as const)('keeps a good %s', async (format) => {
  const bytes = await square(format);
  expect(await both(bytes)).toEqual({
    ...{ bytes: bytes.length, type: `image/${format}`, width: 32, height: 32 },
    ...{ sha256: 'checksum', error: null, kept: 1 },
  });
});

it('keeps a JPEG whose header ends beyond what is kept in memory', async () => {
  const bytes = await square('jpeg');
  const padding = Buffer.alloc(65_535, 1);
  padding.writeUInt16BE(65_533, 2);
  padding.writeUInt16BE(0xffe1, 0);
  const late = Buffer.concat([bytes.subarray(0, 2), ...Array<Buffer>(5).fill(padding), bytes.subarray(2)]);
  expect(await both(late)).toMatchObject({ error: null, width: 32, kept: 1 });
});

it.each([
  ['a GIF', () => square('gif'), 'input.unsupported_format', /GIF/],
  ['text', async () => Buffer.from('hello'), 'input.unsupported_format', /text/],
  ['HTML', async () => Buffer.from('<!doctype html><p>404'), 'input.unsupported_format', /HTML/],
  ['nothing', async () => Buffer.alloc(0), 'input.empty', /0 bytes/],
  ['a cut header', async () => (await square('png')).subarray(0, 20), 'input.truncated', /PNG/],
  ['too many pixels', () => square('png', 1_001), 'input.too_many_pixels', /1002001 pixels/],
])('refuses %s and leaves nothing', async (_name, make, code, message) => {
  const { error, sha256, kept } = await both(await make());
  expect(error).toEqual({ code, message: expect.stringMatching(message), retryable: false });
  expect([sha256, kept]).toEqual([null, 0]);
});

it('stops to write at the limit of bytes, and counts on', async () => {
  const { storage, kept } = memory();
  const image = await storeImage({ storage, limits }, 'a', pieces(Buffer.alloc(3_000_000)));
  expect(image).toMatchObject({ bytes: 3_000_000, error: { code: 'input.too_large' } });
  expect(kept.size).toBe(0);
});

it('passes on what breaks', async () => {
  const { storage, kept } = memory();
  const broken = (async function* () {
    yield Buffer.from('x');
    throw new Error('connection lost');
  })();
  await expect(storeImage({ storage, limits }, 'a', broken)).rejects.toThrow('connection lost');
  expect(kept.size).toBe(0);
});

describe('a thumbnail', () => {
  it('is an upright WebP of at most 512 pixels', async () => {
    const turned = await sharp({ create: { width: 900, height: 300, channels: 3, background: 'red' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const thumbnail = await makeThumbnail(turned, 1_000_000);
    const shown = await sharp(thumbnail ?? Buffer.alloc(0)).metadata();
    expect(shown).toMatchObject({ format: 'webp', width: 171, height: 512 });
    expect(shown.orientation).toBeUndefined();
  });

  it('is not larger than its image', async () => {
    const thumbnail = await makeThumbnail(await square('png'), 1_000_000);
    expect(await sharp(thumbnail ?? Buffer.alloc(0)).metadata()).toMatchObject({ width: 32, height: 32 });
  });

  it('is not made of what is damaged, too large or another format', async () => {
    const large = await square('jpeg', 600);
    expect(await makeThumbnail(large.subarray(0, large.length / 2), 1_000_000)).toBeNull();
    expect(await makeThumbnail(large, 100_000)).toBeNull();
    expect(await makeThumbnail(await square('gif'), 1_000_000)).toBeNull();
  });
});
