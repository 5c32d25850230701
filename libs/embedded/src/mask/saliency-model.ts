import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Onnx from 'onnxruntime-node';
import { inNativeTurn } from '../threads/native-turn.js';

/** Both sides of the raster that the model reads and writes. */
export const saliencySide = 320;
const weightsFile = 'u2netp.onnx';
const weightsSha256 = '309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8';

/** Takes planes of red, green and blue (3 × 320 × 320, normalised) and gives 320 × 320 values of 0 … 1. */
export type SaliencyModel = (planes: Float32Array) => Promise<Float32Array>;

let loading: Promise<SaliencyModel | undefined> | undefined;

/**
 * Loads U²-Netp and the native ONNX runtime once per thread (about 0.2 s and 40 MB; a run takes 200 MB for half a second
 * and gives them back), and only when a photo needs it. Undefined, after one process warning for the thread, where the runtime has no
 * binary for this platform or the weights are not there as they were published.
 */
export function loadSaliencyModel(): Promise<SaliencyModel | undefined> {
  loading ??= load().catch((error: unknown) => {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    process.emitWarning(`Masks come from colour alone, the saliency model cannot be loaded: ${why}`, {
      code: 'I2M_NO_SALIENCY',
    });
    return undefined;
  });
  return loading;
}

async function load(): Promise<SaliencyModel> {
  const weights = readWeights();
  const { InferenceSession, Tensor } = createRequire(__filename)('onnxruntime-node') as typeof Onnx;
  const options: Onnx.InferenceSession.SessionOptions = {
    // turns leave both cores free for it; with a fixed number of threads and a fixed order the same sums give the same bytes
    executionMode: 'sequential',
    intraOpNumThreads: 2,
    interOpNumThreads: 1,
    // with blocked layouts ('all') a run is a fifth faster and takes 80 MB more; an arena would never give memory back
    graphOptimizationLevel: 'extended',
    enableCpuMemArena: false,
    logSeverityLevel: 4,
  };
  const session = await inNativeTurn(() => InferenceSession.create(weights, options));
  const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
  return async (planes) => {
    const feeds = { [input]: new Tensor('float32', planes, [1, 3, saliencySide, saliencySide]) };
    const outputs = await inNativeTurn(() => session.run(feeds, [output]));
    return (outputs[output] as Onnx.TypedTensor<'float32'>).data;
  };
}

/** The weights lie beside an app's bundle (tools/build.mjs copies them), or in this package. */
function readWeights(): Uint8Array {
  const beside = join(__dirname, 'weights', weightsFile);
  const path = existsSync(beside) ? beside : join(packageDir(), 'weights', weightsFile);
  const bytes = readFileSync(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== weightsSha256) throw new Error(`${weightsFile} has the checksum ${sha256}.`);
  return bytes;
}

const packageDir = (): string =>
  dirname(createRequire(__filename).resolve('@image2model/embedded/package.json'));
