// Photos whose outlines are known: objects, drawn or cut out of the samples, in front of drawn and photographed backdrops.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Photo } from '../src/image/decode-image.js';

type Colour = readonly [red: number, green: number, blue: number];
/** Colour at (x, y) of the picture, both in pixels; undefined where the object is not. */
type Drawing = (x: number, y: number) => Colour | undefined;

export interface Scene {
  readonly object: string;
  readonly backdrop: string;
  readonly photo: Photo;
  /** 1 inside the object. */
  readonly truth: Uint8Array;
}

/** Longer and only side of the pictures. */
export const sceneSide = 288;
/** The repository's sample photos, found from here as well as from a bundle. */
export const samples = join(
  dirname(createRequire(__filename).resolve('@image2model/embedded/package.json')),
  '../../samples',
);

/** 0 … 1, the same at the same place of the same picture. */
function noiseAt(x: number, y: number, salt: number): number {
  const mixed = Math.imul(x * 374_761_393 + y * 668_265_263 + salt * 1_274_126_177, 1_103_515_245);
  return ((mixed ^ (mixed >>> 15)) >>> 8) / 2 ** 24;
}

const shade = ([red, green, blue]: Colour, light: number): Colour => [
  red * light,
  green * light,
  blue * light,
];
const isInEllipse = (x: number, y: number, cx: number, cy: number, rx: number, ry: number): boolean =>
  ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
const isInBox = (x: number, y: number, left: number, top: number, right: number, bottom: number): boolean =>
  x >= left && x < right && y >= top && y < bottom;

/** A seat, a back with two posts, four legs of three pixels. */
export const chair: Drawing = (x, y) => {
  const isLeg = (fromX: number, toX: number, bottom: number): boolean =>
    y >= 150 && y < bottom && Math.abs(x - (fromX + ((toX - fromX) * (y - 150)) / (bottom - 150))) <= 1.5;
  const isPart =
    isInBox(x, y, 80, 132, 200, 150) ||
    isInBox(x, y, 80, 36, 200, 58) ||
    isInBox(x, y, 80, 36, 84, 140) ||
    isInBox(x, y, 196, 36, 200, 140) ||
    isLeg(83, 70, 252) ||
    isLeg(197, 210, 252) ||
    isLeg(110, 106, 238) ||
    isLeg(170, 174, 238);
  return isPart ? shade([124, 70, 36], 0.8 + 0.3 * noiseAt(x, y >> 2, 1)) : undefined;
};

/** A mug whose handle leaves a hole. */
export const mug: Drawing = (x, y) => {
  const ring = Math.hypot((x - 192) / 34, (y - 150) / 46);
  const isBody = isInBox(x, y, 84, 76, 184, 226) || isInEllipse(x, y, 134, 226, 50, 12);
  if (!isBody && !isInEllipse(x, y, 134, 76, 50, 14) && !(ring > 0.62 && ring <= 1 && x >= 184))
    return undefined;
  if (isInEllipse(x, y, 134, 76, 42, 9)) return [46, 30, 24];
  return shade([60, 104, 168], 1.25 - 0.7 * Math.abs((x - 118) / 90));
};

/** A ball and a box, apart from one another. */
export const ballAndBox: Drawing = (x, y) => {
  if (isInEllipse(x, y, 84, 158, 52, 52)) {
    const light = 1.15 - Math.hypot(x - 68, y - 140) / 140;
    return shade([212, 62, 48], light);
  }
  return isInBox(x, y, 172, 102, 248, 212) ? shade([70, 140, 70], x < 226 ? 1 : 0.6) : undefined;
};

interface Pixels {
  readonly data: Buffer;
  readonly width: number;
}

async function readSample(name: string, width: number, height: number): Promise<Pixels> {
  const image = sharp(readFileSync(join(samples, name))).resize(width, height, { fit: 'fill' });
  return { data: await image.removeAlpha().toColourspace('srgb').raw().toBuffer(), width };
}

const pixelOf = ({ data, width }: Pixels, x: number, y: number): Colour => {
  const at = 3 * (y * width + x);
  return [data.readUInt8(at), data.readUInt8(at + 1), data.readUInt8(at + 2)];
};

async function drawings(): Promise<Record<string, Drawing>> {
  const coffee = await readSample('coffee.png', 360, 240);
  const rocket = await readSample('rocket.jpg', 544, 363);
  return {
    chair,
    mug,
    'ball and box': ballAndBox,
    'cup and saucer': (left, top) => {
      const [x, y] = [left + 24, top - 30];
      const isObject = isInEllipse(x, y, 167, 139, 117, 93) || isInEllipse(x, y, 175, 65, 69, 54);
      return isObject && y >= 0 && y < 240 && x < 360 ? pixelOf(coffee, x, y) : undefined;
    },
    rocket: (left, top) => {
      const [x, y] = [left + 130, top + 84];
      const isObject = isInBox(x, y, 266, 128, 283, 344) || isInEllipse(x, y, 274.5, 128, 8.5, 18);
      return isObject ? pixelOf(rocket, x, y) : undefined;
    },
  };
}

async function backdrops(): Promise<Record<string, (x: number, y: number) => Colour>> {
  const table = await readSample('coffee.png', 1200, 800);
  const wall = await readSample('astronaut.png', 1600, 1600);
  const fur = await readSample('chelsea.png', 1353, 900);
  return {
    studio: () => [214, 214, 216],
    gradient: (x, y) => [170 + x * 0.25, 160 + y * 0.3, 205 - x * 0.2],
    noise: (x, y) => [0, 1, 2].map((salt) => 186 + 44 * (noiseAt(x, y, salt) - 0.5)) as unknown as Colour,
    'wooden table': (x, y) => pixelOf(table, 880 + x, 500 + y),
    'mottled wall': (x, y) => pixelOf(wall, 840 + x, 60 + y),
    fur: (x, y) => pixelOf(fur, 60 + x, 560 + y),
  };
}

/** Every object before every backdrop. */
export async function makeScenes(): Promise<Scene[]> {
  const [objects, behind] = await Promise.all([drawings(), backdrops()]);
  return Object.entries(objects).flatMap(([object, draw]) =>
    Object.entries(behind).map(([backdrop, colourAt]) => ({
      object,
      backdrop,
      ...drawScene(draw, colourAt),
    })),
  );
}

/** One picture of `sceneSide`, without any object when none is given. */
export function drawScene(
  draw: Drawing,
  backdrop: (x: number, y: number) => Colour,
): { photo: Photo; truth: Uint8Array } {
  const rgba = new Uint8Array(sceneSide * sceneSide * 4);
  const truth = new Uint8Array(sceneSide * sceneSide);
  for (let pixel = 0; pixel < truth.length; pixel++) {
    const x = pixel % sceneSide;
    const y = Math.floor(pixel / sceneSide);
    const colour = draw(x, y);
    truth[pixel] = colour ? 1 : 0;
    const bytes = (colour ?? backdrop(x, y)).map((value) => Math.min(255, Math.max(0, Math.round(value))));
    rgba.set([...bytes, 255], pixel * 4);
  }
  return { photo: { width: sceneSide, height: sceneSide, rgba }, truth };
}

/** Area of the intersection over area of the union, 0 … 1; a mask that was not found is empty. */
export function overlap(mask: { readonly data: Float32Array } | undefined, truth: Uint8Array): number {
  let [both, either] = [0, 0];
  truth.forEach((inside, pixel) => {
    const found = (mask?.data[pixel] ?? 0) > 0.5 ? 1 : 0;
    both += inside & found;
    either += inside | found;
  });
  return either === 0 ? 0 : both / either;
}
