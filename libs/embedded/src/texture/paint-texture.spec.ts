import { correlation, drawMask, drawPhoto } from '../../test/drawings.js';
import type { Photo } from '../image/decode-image.js';
import { blur, newField, sample, type Field } from '../shape/grid.js';
import { inflate } from '../shape/inflate.js';
import { mixGridColours } from './grid-colours.js';

const [width, height] = [160, 160];
const disc = drawMask(width, height, (x, y) => Math.hypot(x - 80, y - 80) < 60);
/** A face, or what a machine takes for one: two eyes, a mouth and fine stripes on skin, before a green wall. */
const face = drawPhoto(width, height, (x, y) => {
  if (Math.hypot(x - 80, y - 80) >= 61) return [20, 230, 20];
  const isEye = Math.hypot(Math.abs(x - 80) - 22, y - 62) < 8;
  const isMouth = Math.abs(x - 90) < 25 && Math.abs(y - 110) < 5;
  if (isEye || isMouth) return [40, 20, 30];
  return [200 + 20 * Math.sin(x), 150, 120 + 20 * Math.sin(y / 2)];
});
const mix = (photo: Photo): ReturnType<typeof mixGridColours> =>
  mixGridColours(photo, inflate(photo, disc), [0, 0, 0]);

function channel(level: { width: number; height: number; data: Float32Array }, index: number): Field {
  const field = newField(level.width, level.height);
  for (let at = 0; at < field.data.length; at++) field.data[at] = level.data[at * 4 + index] ?? 0;
  return field;
}

/** What is finer than 5 % of the photo, at points inside. */
function fineStructure(field: Field, margin: number): number[] {
  const broad = blur(field, 8);
  const fine: number[] = [];
  for (let y = 30; y < 130; y += 2) {
    for (let x = 30; x < 130; x += 2) {
      if (Math.hypot(x - 80, y - 80) < 45)
        fine.push(sample(field, x + margin, y + margin) - sample(broad, x + margin, y + margin));
    }
  }
  return fine;
}

test('nothing fine of the front is on the back', () => {
  const { back } = mix(face);
  const red = newField(width, height);
  for (let at = 0; at < red.data.length; at++) red.data[at] = face.rgba[at * 4] ?? 0;
  const [front, behind] = [fineStructure(red, 0), fineStructure(channel(back, 0), 3)];
  const strength = (values: number[]): number => Math.hypot(...values) / Math.sqrt(values.length);
  expect(Math.abs(correlation(front, behind)) * strength(behind)).toBeLessThan(0.05 * strength(front));
});

test('front and back have the same colours on the rim', () => {
  const { filled, back, trust } = mix(face);
  for (const index of [0, 1, 2]) {
    const [front, behind] = [channel(filled, index), channel(back, index)];
    for (let turn = 0; turn < 2 * Math.PI; turn += 0.1) {
      const [x, y] = [Math.cos(turn) * 60 + 83, Math.sin(turn) * 60 + 83];
      expect(sample(trust, x, y)).toBeLessThan(0.1);
      expect(Math.abs(sample(front, x, y) - sample(behind, x, y))).toBeLessThan(4);
    }
  }
});

/** A red bar 10 px wide before the green wall, and an outline that is 1 px too wide all around. */
const bar = drawPhoto(width, height, (x) => (Math.abs(x - 80) < 5 ? [200, 40, 40] : [20, 230, 20]));
const wideBar = drawMask(width, height, (x, y) => Math.abs(x - 80) < 6 && Math.abs(y - 80) < 60);

test.each([
  ['face', mix(face)],
  ['bar', mixGridColours(bar, inflate(bar, wideBar), [0, 0, 0])],
])('the backdrop shows nowhere: %s', (_name, { filled, back }) => {
  for (const level of [filled, back]) {
    const greener = channel(level, 1).data.filter((green, at) => green >= (level.data[at * 4] ?? 0));
    expect(greener).toHaveLength(0);
  }
});
