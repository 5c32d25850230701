// Compares masks from the saliency model with masks from colour alone on scenes whose outlines are known. Run:
//   npx esbuild test/mask-bench.ts --bundle --platform=node --conditions=@image2model/source \
//     --external:sharp --external:@techstark/opencv-js --outfile=out-tsc/mask-bench.js
//   node out-tsc/mask-bench.js
import { cutOutByColour } from '../src/mask/cut-out-by-colour.js';
import { findMask } from '../src/mask/find-mask.js';
import { makeScenes, overlap, type Scene } from './mask-scenes.js';

interface Result extends Scene {
  readonly byColour: number;
  readonly bySaliency: number;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const cpuMs = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

async function run(): Promise<void> {
  const results: Result[] = [];
  let leastMs = Infinity;
  for (const scene of await makeScenes()) {
    const byColour = overlap(await cutOutByColour(scene.photo), scene.truth);
    const before = process.cpuUsage();
    const bySaliency = overlap(await findMask(scene.photo), scene.truth);
    leastMs = Math.min(leastMs, cpuMs(process.cpuUsage(before)));
    results.push({ ...scene, byColour, bySaliency });
  }
  const backdrops = [...new Set(results.map(({ backdrop }) => backdrop))];
  const row = (cells: readonly string[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);
  row(['object', ...backdrops, 'mean']);
  row(['---', ...backdrops.map(() => '---'), '---']);
  for (const object of [...new Set(results.map((result) => result.object)), undefined]) {
    const ofObject = results.filter((result) => object === undefined || result.object === object);
    const cells = [...backdrops, undefined].map((backdrop) => {
      const some = ofObject.filter((result) => backdrop === undefined || result.backdrop === backdrop);
      return `${mean(some.map((r) => r.byColour)).toFixed(2)} → ${mean(some.map((r) => r.bySaliency)).toFixed(2)}`;
    });
    row([object ?? 'mean', ...cells]);
  }
  process.stdout.write(`\nCPU time of a mask by saliency, warm, least: ${leastMs.toFixed(0)} ms\n`);
}

void run();
