// Makes models and checks them, for model-bench.ts.
import { createHash } from 'node:crypto';
import { validateBytes } from 'gltf-validator';
import { parentPort } from 'node:worker_threads';
import { generateModel, inspectMesh, type ModelOptions } from '../src/index.js';
import type { CheckedModel } from './model-bench.js';

parentPort?.on('message', (task: { image: Uint8Array; options: ModelOptions }) => {
  check(task.image, task.options).then(
    (checked) => parentPort?.postMessage({ checked }),
    (error: unknown) => parentPort?.postMessage({ error }),
  );
});

async function check(image: Uint8Array, options: ModelOptions): Promise<CheckedModel> {
  const stages: [string, number][] = [];
  const model = await generateModel(image, options, (...now) => stages.push(now));
  const { issues, info } = await validateBytes(new Uint8Array(model.glb));
  return {
    model,
    stages,
    report: inspectMesh(model.glb),
    validator: { messages: issues.messages, triangles: info.totalTriangleCount },
    sha256: createHash('sha256').update(model.glb).digest('hex'),
  };
}
