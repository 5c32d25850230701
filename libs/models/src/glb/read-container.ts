import { ModelRefused } from '../model-refused.js';
import { nameFormat } from './name-format.js';

/** The two parts of a binary glTF; views into its bytes. */
export interface GlbContainer {
  readonly json: Uint8Array;
  /** Empty when the GLB has no binary chunk. */
  readonly binary: Uint8Array;
}

const header = { magic: 0x46546c67, bytes: 12, chunkBytes: 8, json: 0x4e4f534a, binary: 0x004e4942 } as const;
/** More text than this is no model: even a thousand meshes take less than 2 MB. */
const mostJsonBytes = 16 * 2 ** 20;

/**
 * Takes a GLB apart and trusts no length in it.
 * @throws ModelRefused
 */
export function readContainer(glb: Uint8Array): GlbContainer {
  const view = new DataView(glb.buffer, glb.byteOffset, glb.byteLength);
  if (glb.length < 4 || view.getUint32(0, true) !== header.magic)
    throw new ModelRefused('quality.not_glb', `The provider sent ${nameFormat(glb)}, not a GLB.`);
  if (glb.length < header.bytes + header.chunkBytes)
    throw new ModelRefused('quality.truncated', `The GLB ends in its header, after ${glb.length} bytes.`);
  const version = view.getUint32(4, true);
  if (version !== 2) throw new ModelRefused('quality.not_glb', `The GLB has version ${version}, not 2.`);
  checkLength(view.getUint32(8, true), glb.length);
  const [first, second] = readChunks(glb, view);
  if (first?.type !== header.json)
    throw new ModelRefused('quality.invalid', 'The first chunk of the GLB is not JSON.');
  if (first.data.length > mostJsonBytes)
    throw new ModelRefused(
      'quality.too_large',
      `The GLB describes itself in ${first.data.length} bytes of JSON; the limit is ${mostJsonBytes}.`,
    );
  return { json: first.data, binary: second?.type === header.binary ? second.data : new Uint8Array(0) };
}

function checkLength(declared: number, actual: number): void {
  if (declared > actual)
    throw new ModelRefused('quality.truncated', `The GLB has ${actual} of its ${declared} bytes.`);
  if (declared < actual)
    throw new ModelRefused('quality.invalid', `The GLB has ${actual - declared} bytes after its end.`);
}

interface Chunk {
  readonly type: number;
  readonly data: Uint8Array;
}

/** The first two chunks; the format allows others behind them and tells readers to ignore those. */
function readChunks(glb: Uint8Array, view: DataView): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at: number = header.bytes; at < glb.length && chunks.length < 2;) {
    const start = at + header.chunkBytes;
    const length = start <= glb.length ? view.getUint32(at, true) : Infinity;
    if (start + length > glb.length)
      throw new ModelRefused('quality.invalid', `A chunk of the GLB goes beyond its end.`);
    chunks.push({ type: view.getUint32(at + 4, true), data: glb.subarray(start, start + length) });
    at = start + length;
  }
  return chunks;
}
