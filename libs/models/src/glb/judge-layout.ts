import { ModelRefused } from '../model-refused.js';
import { entry, type Gltf, type GltfAccessor } from './gltf-json.js';

/** Most bytes that all accessors and images may have together when read: many of them can share one piece of the file. */
const mostReadBytes = 512 * 2 ** 20;
const componentBytes = { 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 } as const;
const components = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 } as const;

/**
 * Checks that every number of the glTF stays within its own binary chunk, so that reading it is safe and bounded.
 * @throws ModelRefused
 */
export function judgeLayout(gltf: Gltf, binary: Uint8Array): void {
  judgeBuffers(gltf, binary);
  let readBytes = 0;
  for (const accessor of gltf.accessors) readBytes += judgeAccessor(gltf, accessor);
  for (const { bufferView } of gltf.images)
    if (bufferView !== undefined) readBytes += entry(gltf.bufferViews, bufferView, 'buffer view').byteLength;
  if (readBytes > mostReadBytes)
    throw new ModelRefused(
      'quality.too_large',
      `The model takes ${readBytes} bytes when it is read; the limit is ${mostReadBytes}.`,
    );
}

function judgeBuffers({ buffers, bufferViews }: Gltf, binary: Uint8Array): void {
  if (buffers.length > 1)
    throw new ModelRefused('quality.external_data', 'The model needs data from outside of its GLB.');
  const held = buffers[0]?.byteLength ?? 0;
  if (held > binary.length)
    throw new ModelRefused(
      'quality.invalid',
      `The binary chunk of the GLB has ${binary.length} of its ${held} bytes.`,
    );
  for (const { buffer, byteOffset, byteLength } of bufferViews) {
    entry(buffers, buffer, 'buffer');
    if (byteOffset + byteLength > held) throw outside('A buffer view', 'the buffer');
  }
}

/** @returns the bytes that it has when it is read */
function judgeAccessor(gltf: Gltf, accessor: GltfAccessor): number {
  const { bufferView, byteOffset, componentType, count, type, sparse } = accessor;
  const elementBytes = bytesOfElement(accessor);
  if (bufferView !== undefined)
    judgeRange(gltf, { bufferView, byteOffset, count, elementBytes, align: componentBytes[componentType] });
  if (sparse !== undefined) {
    if (sparse.count > count) throw outside('A sparse accessor', 'itself');
    const indexBytes = componentBytes[sparse.indices.componentType];
    judgeRange(gltf, { ...sparse.indices, count: sparse.count, elementBytes: indexBytes, align: indexBytes });
    judgeRange(gltf, {
      ...sparse.values,
      count: sparse.count,
      elementBytes: components[type] * componentBytes[componentType],
      align: componentBytes[componentType],
    });
  }
  return count * elementBytes;
}

/** Columns of small matrices begin at multiples of four. */
function bytesOfElement({ componentType, type }: GltfAccessor): number {
  const bytes = componentBytes[componentType];
  if (type === 'MAT2' && bytes === 1) return 8;
  if (type === 'MAT3' && bytes < 4) return bytes === 1 ? 12 : 24;
  return components[type] * bytes;
}

interface Range {
  readonly bufferView: number;
  readonly byteOffset: number;
  readonly count: number;
  readonly elementBytes: number;
  readonly align: number;
}

function judgeRange(gltf: Gltf, { bufferView, byteOffset, count, elementBytes, align }: Range): void {
  const view = entry(gltf.bufferViews, bufferView, 'buffer view');
  const stride = view.byteStride ?? elementBytes;
  if (byteOffset + stride * (count - 1) + elementBytes > view.byteLength)
    throw outside('An accessor', 'its buffer view');
  if ((view.byteOffset + byteOffset) % align !== 0 || stride % align !== 0)
    throw new ModelRefused('quality.invalid', 'An accessor of the glTF is not aligned.');
}

const outside = (what: string, of: string): ModelRefused =>
  new ModelRefused('quality.invalid', `${what} of the glTF goes beyond the end of ${of}.`);
