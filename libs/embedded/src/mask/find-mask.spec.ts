import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { buildThread } from '../../test/build-thread.js';
import { ballAndBox, chair, drawScene, mug, overlap, sceneSide } from '../../test/mask-scenes.js';
import { askForMask, type MaskAnswer, type MaskTask } from '../../test/mask-threads.js';
import type { Field } from '../shape/grid.js';
import { findPieces } from './find-pieces.js';

jest.setTimeout(120_000);

const sample = (name: string): { bytes: Buffer } => ({
  bytes: readFileSync(join(__dirname, '../../../../samples', name)),
});
let script: string;
let worker: Worker;
beforeAll(() => {
  script = buildThread('mask-thread.ts');
  worker = new Worker(script);
});
afterAll(() => worker.terminate());
const maskOf = async (task: MaskTask): Promise<Field | undefined> => (await askForMask(worker, task)).mask;

const binary = ({ data }: Field): Uint8Array => Uint8Array.from(data, (value) => (value > 0.5 ? 1 : 0));
const coverageOf = (mask: Field): number =>
  binary(mask).reduce((sum, value) => sum + value, 0) / mask.data.length;
/** Whether the points, as shares of width and height, are inside. */
const insides = (mask: Field, points: readonly (readonly [number, number])[]): boolean[] =>
  points.map(([x, y]) => {
    const at = Math.floor(y * mask.height) * mask.width + Math.floor(x * mask.width);
    return (mask.data[at] ?? 0) > 0.5;
  });

const photos = [
  {
    name: 'chelsea.png',
    what: 'a cat that fills the frame: both eyes, the nose, no corner on the right or below',
    coverage: [0.5, 0.8],
    inside: [[0.38, 0.37], [0.7, 0.42], [0.58, 0.8], [0.5, 0.1]], // prettier-ignore
    outside: [[0.98, 0.6], [0.97, 0.97], [0.02, 0.97]], // prettier-ignore
  },
  {
    name: 'coffee.png',
    what: 'a cup with its handle, spoon and saucer, nothing of the table',
    coverage: [0.42, 0.53],
    inside: [[0.48, 0.2], [0.37, 0.68], [0.6, 0.72], [0.17, 0.6], [0.5, 0.9]], // prettier-ignore
    outside: [[0.03, 0.95], [0.97, 0.05], [0.03, 0.05], [0.95, 0.95], [0.12, 0.3]], // prettier-ignore
  },
  {
    name: 'rocket.jpg',
    what: 'a tall thin rocket from nose to base, not the towers',
    coverage: [0.012, 0.05],
    inside: [[0.503, 0.34], [0.503, 0.6], [0.503, 0.9]], // prettier-ignore
    outside: [[0.45, 0.6], [0.56, 0.6], [0.12, 0.5], [0.9, 0.5], [0.503, 0.2]], // prettier-ignore
  },
  {
    name: 'astronaut.png',
    what: 'face, suit and helmet, not the shuttle behind',
    coverage: [0.45, 0.65],
    inside: [[0.44, 0.25], [0.35, 0.7], [0.72, 0.85], [0.9, 0.75]], // prettier-ignore
    outside: [[0.8, 0.3], [0.6, 0.05], [0.05, 0.05], [0.95, 0.55]], // prettier-ignore
  },
] as const;

test.each(photos)('$name: $what', async ({ name, coverage, inside, outside }) => {
  const mask = await maskOf(sample(name));
  if (!mask) throw new Error('No mask.');
  expect(coverageOf(mask)).toBeGreaterThan(coverage[0]);
  expect(coverageOf(mask)).toBeLessThan(coverage[1]);
  expect(insides(mask, inside)).toEqual(inside.map(() => true));
  expect(insides(mask, outside)).toEqual(outside.map(() => false));
});

const grain = (x: number, y: number): number =>
  (Math.imul(x * 7919 + y * 104_729, 2_654_435_761) >>> 24) / 255;
const noisy = (x: number, y: number): [number, number, number] => {
  const light = 170 + 50 * grain(x, y);
  return [light, light + 4, light - 8];
};
const gradient = (x: number, y: number): [number, number, number] => [
  170 + x * 0.25,
  160 + y * 0.3,
  205 - x * 0.2,
];

test.each([
  ['thin legs on a noisy backdrop', chair, noisy, 0.7, [[0.253, 0.8], [0.72, 0.8], [0.374, 0.72]], [[0.5, 0.33], [0.5, 0.7]]], // prettier-ignore
  ['a handle whose hole shows the backdrop', mug, gradient, 0.95, [[0.75, 0.52], [0.45, 0.5]], [[0.675, 0.52], [0.05, 0.05], [0.95, 0.95]]], // prettier-ignore
] as const)('%s', async (_what, object, backdrop, least, inside, outside) => {
  const { photo, truth } = drawScene(object, backdrop);
  const mask = await maskOf(photo);
  expect(overlap(mask, truth)).toBeGreaterThan(least);
  if (!mask) return;
  expect(insides(mask, inside)).toEqual(inside.map(() => true));
  expect(insides(mask, outside)).toEqual(outside.map(() => false));
});

test('two objects are two pieces', async () => {
  const { photo, truth } = drawScene(ballAndBox, noisy);
  const mask = await maskOf(photo);
  expect(overlap(mask, truth)).toBeGreaterThan(0.9);
  expect(mask && findPieces(binary(mask), mask.width, mask.height, 1).areas).toHaveLength(2);
});

test('transparency is the outline, whatever the colours say', async () => {
  const { photo, truth } = drawScene(mug, gradient);
  truth.forEach((_inside, pixel) => {
    const isCut = pixel % sceneSide < sceneSide / 2;
    photo.rgba[pixel * 4 + 3] = isCut ? 255 : 0;
    truth[pixel] = isCut ? 1 : 0;
  });
  expect(overlap(await maskOf(photo), truth)).toBeGreaterThan(0.98);
});

const nothing = (): undefined => undefined;
test.each<[string, (x: number, y: number) => [number, number, number]]>([
  ['one flat colour', () => [136, 170, 204]],
  ['black', () => [0, 0, 0]],
  ['a gradient', gradient],
  ['fine noise', noisy],
  ['loud noise', (x, y) => [255 * grain(x, y), 255 * grain(x + 999, y), 255 * grain(x, y + 999)]],
  ['stripes', (x) => (Math.floor(x / 14) % 2 ? [220, 30, 30] : [240, 240, 240])],
  ['a landscape', (x, y) => (y < 158 + 14 * Math.sin(x / 32) ? [120, 160, 230] : [60, 120 + 40 * grain(x, y), 50])], // prettier-ignore
])('%s is a scene, without an object', async (_what, backdrop) => {
  expect(await maskOf(drawScene(nothing, backdrop).photo)).toBeUndefined();
});

test('the same mask in fresh threads, at the same time and one after the other', async () => {
  const workers = [worker, new Worker(script), new Worker(script)];
  const ask = (): Promise<MaskAnswer[]> =>
    Promise.all(workers.map((each) => askForMask(each, sample('coffee.png'))));
  const answers = [...(await ask()), ...(await ask())];
  await Promise.all(workers.slice(1).map((each) => each.terminate()));
  expect(new Set(answers.map(({ sha256 }) => sha256)).size).toBe(1);
});

test('threads that end in the middle of their work leave the process alive and quiet', async () => {
  const threads = basename(buildThread('embedded-thread.ts'));
  const main = buildThread('stop-threads.ts');
  const ended = await promisify(execFile)(process.execPath, [main, threads]);
  expect(ended).toEqual({ stdout: '', stderr: '' });
});

test('without the native runtime colour alone decides, with one warning', async () => {
  const code = `
    const loader = require('node:module');
    const load = loader._load;
    loader._load = function (request, ...rest) {
      if (request === 'onnxruntime-node') throw new Error('no binary for this platform');
      return load.call(this, request, ...rest);
    };
    require(${JSON.stringify(script)});`;
  const without = new Worker(code, { eval: true, stderr: true });
  let stderr = '';
  without.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const { photo, truth } = drawScene(mug, gradient);
  expect(overlap((await askForMask(without, photo)).mask, truth)).toBeGreaterThan(0.8);
  expect((await askForMask(without, sample('coffee.png'))).mask).toBeDefined();
  const isOver = once(without.stderr, 'end');
  await without.terminate();
  await isOver;
  expect(stderr.match(/I2M_NO_SALIENCY.*no binary for this platform/g)).toHaveLength(1);
});
