// Bundles one app into dist/main.js (and one file for each of its worker threads) for plain `node`.
import { build } from 'esbuild';
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const dir = process.cwd();
const pkg = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
/** Packages with native or WASM files of their own: they stay in node_modules. */
const external = ['sharp', '@techstark/opencv-js', 'onnxruntime-node'];
const threads = ['src/embedded-thread.ts', 'src/model-check-thread.ts'].filter((file) =>
  existsSync(join(dir, file)),
);

const dist = join(dir, 'dist');
const fresh = join(dir, `dist.${process.pid}`);
await build({
  entryPoints: ['src/main.ts', ...threads].map((file) => join(dir, file)),
  outdir: fresh,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  conditions: ['@image2model/source'],
  external,
  legalComments: 'none',
  logLevel: 'warning',
  loader: { '.lua': 'text' },
  define: { 'process.env.APP_VERSION': JSON.stringify(pkg.version) },
});
// the saliency model's weights, where the generator threads look for them first
if (threads.length > 0)
  cpSync(join(import.meta.dirname, '../libs/embedded/weights'), join(fresh, 'weights'), { recursive: true });
// beside the old one and then in its place: services that start meanwhile always find a whole bundle
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
