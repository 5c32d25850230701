import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { ModelBench } from '../test/model-bench.js';
import type { ModelOptions } from './index.js';

let bench: ModelBench;
beforeAll(() => {
  bench = new ModelBench();
});
afterAll(() => bench.close());

const plain = (width: number, height: number, background: string | object): Sharp =>
  sharp({ create: { width, height, channels: 4, background: background as string } });
const ramp = (width: number, height: number, channels: 1 | 3): Sharp =>
  sharp(Buffer.from(Array.from({ length: width * height * channels }, (_, i) => (i * 7 + (i >> 5)) & 0xff)), {
    raw: { width, height, channels },
  });
const disc = (size: number, inner = 0): Sharp => {
  const pixels = Buffer.alloc(size * size * 4);
  for (let at = 0; at < size * size; at++) {
    const radius = Math.hypot((at % size) - size / 2, Math.floor(at / size) - size / 2) / size;
    pixels.set([200, at & 0xff, 60, radius < 0.4 && radius >= inner ? 255 : 0], at * 4);
  }
  return sharp(pixels, { raw: { width: size, height: size, channels: 4 } });
};
const photo = (): Sharp => sharp(readFileSync(join(__dirname, '../../../samples/coffee.png')));
/** Dots, each a piece of its own: more pieces than a small face limit allows. */
const dots = (): Sharp => {
  const size = 240;
  const pixels = Buffer.alloc(size * size * 4);
  for (let at = 0; at < size * size; at++) {
    const isDot = Math.hypot(((at % size) % 24) - 12, (Math.floor(at / size) % 24) - 12) < 8;
    pixels.set([at & 0xff, 90, 60, isDot ? 255 : 0], at * 4);
  }
  return sharp(pixels, { raw: { width: size, height: size, channels: 4 } });
};

/** A thin line across the whole photo: hardly any area in a large box. */
const line = (): Sharp => {
  const size = 600;
  const pixels = Buffer.alloc(size * size * 4);
  for (let at = 0; at < size * size; at++) {
    pixels.set([90, at & 0xff, 60, Math.abs((at % size) - Math.floor(at / size)) < 3 ? 255 : 0], at * 4);
  }
  return sharp(pixels, { raw: { width: size, height: size, channels: 4 } });
};

const images: Record<string, () => Sharp> = {
  '1 x 1 px': () => plain(1, 1, 'red').png(),
  '1 px wide': () => ramp(1, 300, 3).png(),
  '1 px high': () => ramp(4000, 1, 3).jpeg(),
  '2 x 2 px': () => ramp(2, 2, 3).webp({ lossless: true }),
  'fully transparent': () => plain(200, 100, { r: 9, g: 9, b: 9, alpha: 0 }).png(),
  'one opaque pixel': () =>
    plain(200, 200, { r: 0, g: 0, b: 0, alpha: 0 })
      .composite([
        { input: { create: { width: 1, height: 1, channels: 4, background: 'red' } }, left: 9, top: 9 },
      ])
      .png(),
  'one flat colour': () => plain(300, 200, '#88aacc').jpeg(),
  white: () => plain(300, 200, '#fff').removeAlpha().png(),
  grey: () => photo().grayscale().png(),
  'grey, one channel': () => ramp(99, 70, 1).toColourspace('b-w').png(),
  '16 bit': () => photo().toColourspace('rgb16').png(),
  'CMYK JPEG': () => photo().toColourspace('cmyk').jpeg(),
  'palette PNG with alpha': () => disc(200).png({ palette: true }),
  'WebP with alpha': () => disc(300).webp(),
  'a ring': () => disc(400, 0.2).png(),
  dots: () => dots().png(),
  'a thin line': () => line().png(),
  noise: () => ramp(311, 200, 3).png(),
  interlaced: () => photo().png({ progressive: true }),
};

test.each(Object.entries(images))(
  '%s gives a sound model',
  async (_name, make) => {
    await bench.makeSound(await make().toBuffer(), { faceLimit: 1001, texture: 'standard' });
  },
  20_000,
);

test.each(['1 x 1 px', '1 px wide', 'a ring', 'dots', 'a thin line'])(
  '%s gives a sound model of few faces',
  async (name) => {
    const image = (await images[name]?.().toBuffer()) ?? Buffer.alloc(0);
    await Promise.all(
      [48, 200].map((faceLimit) => bench.makeSound(image, { faceLimit, texture: 'standard' })),
    );
  },
  20_000,
);

test('transparency is the outline: a ring stays a ring', async () => {
  const ring = await disc(400, 0.2).png().toBuffer();
  const { model } = await bench.makeSound(ring, { faceLimit: 2000, texture: 'no' });
  expect(model.relief).toBe(false);
  // Euler: a torus has as many vertices as half its faces, a ball two more.
  expect(model.vertices).toBe(model.faces / 2);
});

test('EXIF orientation counts: a turned photo gives the same model', async () => {
  const options: ModelOptions = { faceLimit: 2000, texture: 'no' };
  const upright = await bench.make(await photo().png().toBuffer(), options);
  const turns = [
    [3, 180],
    [6, -90],
    [8, 90],
  ] as const;
  for (const [orientation, angle] of turns) {
    const turned = await photo().rotate(angle).withMetadata({ orientation }).png().toBuffer();
    expect((await bench.make(turned, options)).sha256).toBe(upright.sha256);
  }
}, 20_000);

test('12,000 x 4,000 px', async () => {
  const wide = await sharp({ create: { width: 12_000, height: 4000, channels: 3, background: '#c63' } })
    .jpeg()
    .toBuffer();
  await bench.makeSound(wide, { faceLimit: 1000, texture: 'standard' });
}, 30_000);

test('a thin line takes as many faces as the largest limit allows, within bounds', async () => {
  const { model } = await bench.make(await line().png().toBuffer(), { faceLimit: 500_000, texture: 'no' });
  expect(model.faces).toBeGreaterThan(50_000);
}, 30_000);
