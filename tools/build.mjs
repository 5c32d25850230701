// Bundles one app into dist/main.js (and one file for each of its worker threads, one for tracing, one for object storage) for plain `node`.
import { build } from 'esbuild';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const dir = process.cwd();
const pkg = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
/** Packages with native or WASM files of their own: they stay in node_modules. */
const external = ['sharp', '@techstark/opencv-js', 'onnxruntime-node'];
/** @param {{ dependencies?: Record<string, string> }} of */
const hasStorage = ({ dependencies = {} }) => '@image2model/storage' in dependencies;
/** A program of tools/ is named after its one file. */
const mains = ['src/main.ts', 'src/bootstrap.ts'].filter((file) => existsSync(join(dir, file)));
const threads = ['src/embedded-thread.ts', 'src/model-check-thread.ts'].filter((file) =>
  existsSync(join(dir, file)),
);

/** A megabyte each, so files of their own: OpenTelemetry is read with tracing on, the AWS SDK where storage is s3://. */
const apart = ['service-kit/src/tracing-otlp', ...(hasStorage(pkg) ? ['storage/src/aws-s3'] : [])].map(
  (file) => ({
    in: join(import.meta.dirname, `../libs/${file}.ts`),
    out: basename(file),
  }),
);
/** @type {import('esbuild').Plugin} */
const keptApart = {
  name: 'kept apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/(tracing-otlp|aws-s3)\.js$/ }, ({ path, importer }) =>
      importer === '' ? undefined : { path, external: true },
    ),
};

const dist = join(dir, 'dist');
const fresh = join(dir, `dist.${process.pid}`);
const { metafile } = await build({
  entryPoints: [
    ...[...mains, ...threads].map((file) => ({ in: join(dir, file), out: basename(file, '.ts') })),
    ...apart,
  ],
  outdir: fresh,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  metafile: true,
  conditions: ['@image2model/source'],
  external,
  plugins: [keptApart],
  legalComments: 'none',
  logLevel: 'warning',
  loader: { '.lua': 'text' },
  define: { 'process.env.APP_VERSION': JSON.stringify(pkg.version) },
});
// every file whose code is in the bundles: the images' list of contents is made from it
const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
writeFileSync(join(fresh, 'inputs.json'), JSON.stringify([...new Set(used)].sort()));
// the saliency model's weights, where the generator threads look for them first
if (threads.length > 0)
  cpSync(join(import.meta.dirname, '../libs/embedded/weights'), join(fresh, 'weights'), { recursive: true });
// files that a browser gets as they are
if (existsSync(join(dir, 'pages'))) cpSync(join(dir, 'pages'), join(fresh, 'pages'), { recursive: true });
// beside the old one and then in its place: services that start meanwhile always find a whole bundle
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
