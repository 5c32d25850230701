import { correlation, drawMask, drawPhoto } from '../../test/drawings.js';
import type { Photo } from '../image/decode-image.js';
import { distanceTo } from '../mask/distance-to.js';
import type { Field } from './grid.js';
import { inflate } from './inflate.js';
import type { Shape } from './shape.js';

const [width, height] = [200, 160];
const grey = drawPhoto(width, height, () => [120, 120, 120]);
const at = (field: Field, { margin }: Shape, x: number, y: number): number =>
  Math.sqrt(field.data[(y + margin) * field.width + x + margin] ?? 0);
const depthAt = (shape: Shape, x: number, y: number): number =>
  at(shape.front, shape, x, y) + at(shape.back, shape, x, y);

describe('a table with legs 6 px wide', () => {
  const table = drawMask(
    width,
    height,
    (x, y) =>
      (Math.abs(y - 40) < 12 && Math.abs(x - 100) < 70) ||
      (y > 40 && y < 150 && Math.abs(Math.abs(x - 100) - 60) < 3),
  );
  const shape = inflate(grey, table);

  test('the legs are nearly round bars', () => {
    for (const y of [80, 100, 120, 140]) {
      for (const x of [40, 160]) expect(depthAt(shape, x, y) / 6).toBeGreaterThan(0.5);
      for (const x of [40, 160]) expect(depthAt(shape, x, y) / 6).toBeLessThan(1.5);
    }
  });

  test('every point inside has thickness', () => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if ((table.data[y * width + x] ?? 0) > 0.5) expect(depthAt(shape, x, y)).toBeGreaterThan(0.5);
      }
    }
  });
});

test('a disc becomes a smooth dome that follows the distance from its outline', () => {
  const disc = drawMask(width, height, (x, y) => Math.hypot(x - 100, y - 80) < 60);
  const shape = inflate(grey, disc);
  const outside = Uint8Array.from(disc.data, (value) => (value > 0.5 ? 0 : 1));
  const distance = distanceTo(outside, width, height);
  const [depths, distances]: [number[], number[]] = [[], []];
  disc.data.forEach((value, pixel) => {
    if (value <= 0.5) return;
    depths.push(depthAt(shape, pixel % width, Math.floor(pixel / width)));
    distances.push(Math.sqrt(distance[pixel] ?? 0));
  });
  expect(correlation(depths, distances)).toBeGreaterThan(0.95);
  expect(depthAt(shape, 100, 80) / 120).toBeGreaterThan(0.5);
  expect(depthAt(shape, 100, 80) / 120).toBeLessThan(0.75);
});

test('where the frame cuts the object, its side is a rounded cut instead of running out to nothing', () => {
  const bust = drawMask(width, height, (x, y) => y > 60 && Math.abs(x - 100) < 50);
  const shape = inflate(grey, bust);
  const full = depthAt(shape, 100, 110);
  expect(depthAt(shape, 100, height - 3) / full).toBeGreaterThan(0.5);
  expect(depthAt(shape, 100, 62) / full).toBeLessThan(0.5);
});

describe('the photo’s shading', () => {
  const disc = drawMask(width, height, (x, y) => Math.hypot(x - 100, y - 80) < 60);
  const plain = inflate(grey, disc);
  const lift = (photo: Photo, x: number, y: number): number => {
    const shape = inflate(photo, disc);
    return at(shape.front, shape, x, y) - at(plain.front, plain, x, y);
  };

  test('a soft bright spot stands out, a soft dark one lies deeper', () => {
    const spot = (sign: number): Photo =>
      drawPhoto(width, height, (x, y) => {
        const value = 120 + sign * 60 * Math.exp(-(((x - 100) / 7) ** 2) - ((y - 80) / 7) ** 2);
        return [value, value, value];
      });
    expect(lift(spot(1), 100, 80)).toBeGreaterThan(0.5);
    expect(lift(spot(-1), 100, 80)).toBeLessThan(-0.5);
  });

  test('paint is no relief: a red stripe on green lies nearly flat', () => {
    const striped = (on: readonly [number, number, number], off: readonly [number, number, number]): Photo =>
      drawPhoto(width, height, (x) => (Math.abs(x - 100) < 8 ? on : off));
    const paint = striped([250, 110, 110], [40, 110, 40]);
    const light = striped([140, 140, 140], [90, 90, 90]);
    expect(lift(light, 100, 80)).toBeGreaterThan(0.3);
    expect(Math.abs(lift(paint, 100, 80))).toBeLessThan(0.5 * lift(light, 100, 80));
  });

  test('the hardest edges make no cliffs', () => {
    const bars = drawPhoto(width, height, (x) => (x % 24 < 12 ? [5, 5, 5] : [250, 250, 250]));
    const shape = inflate(bars, disc);
    for (let x = 60; x < 140; x++) {
      const step = at(shape.front, shape, x + 1, 80) - at(shape.front, shape, x, 80);
      const swell = at(plain.front, plain, x + 1, 80) - at(plain.front, plain, x, 80);
      expect(Math.abs(step - swell)).toBeLessThan(0.6);
    }
  });
});
