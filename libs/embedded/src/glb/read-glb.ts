import { f64 } from '../typed-access.js';
import { imageSize } from './image-size.js';

/** Geometry of one triangle primitive, as stored. */
export interface RawPrimitive {
  readonly positions: Float32Array;
  /** Empty when the primitive has none. */
  readonly normals: Float32Array;
  /** Texture coordinates, times the texture's size in texels (0 … 1 when it has none). Empty when the primitive has none. */
  readonly texels: Float64Array;
  readonly indices: Uint32Array;
}

interface Accessor {
  readonly bufferView?: number;
  readonly byteOffset?: number;
  readonly componentType: number;
  readonly count: number;
  readonly type: string;
  readonly sparse?: object;
}

interface Gltf {
  readonly extensionsRequired?: readonly string[];
  readonly accessors?: readonly Accessor[];
  readonly bufferViews?: readonly {
    readonly byteOffset?: number;
    readonly byteLength?: number;
    readonly byteStride?: number;
  }[];
  readonly images?: readonly { readonly bufferView?: number }[];
  readonly meshes?: readonly {
    readonly primitives: readonly {
      readonly mode?: number;
      readonly indices?: number;
      readonly attributes: Readonly<Record<string, number>>;
    }[];
  }[];
}

const triangles = 4;
const readers: Record<number, { size: number; read: (view: DataView, at: number) => number } | undefined> = {
  5121: { size: 1, read: (view, at) => view.getUint8(at) },
  5123: { size: 2, read: (view, at) => view.getUint16(at, true) },
  5125: { size: 4, read: (view, at) => view.getUint32(at, true) },
  5126: { size: 4, read: (view, at) => view.getFloat32(at, true) },
};

/**
 * The triangle meshes of a GLB whose numbers lie plainly in its binary chunk.
 * @throws Error when the bytes are no GLB, are cut short, or need an extension (such as mesh compression)
 */
export function readGlb(glb: Uint8Array): RawPrimitive[] {
  const { gltf, binary } = splitChunks(glb);
  const needed = gltf.extensionsRequired ?? [];
  if (needed.length > 0)
    throw new Error(`The GLB needs extensions that are not supported: ${needed.join(', ')}.`);
  const size = textureSize(gltf, binary);
  const primitives = (gltf.meshes ?? []).flatMap((mesh) => mesh.primitives);
  return primitives
    .filter(({ mode = triangles }) => mode === triangles)
    .map(({ attributes, indices }) => {
      const positions = Float32Array.from(readAccessor(gltf, binary, attributes['POSITION']));
      const stored = indices === undefined ? positions.slice(0, positions.length / 3).keys() : undefined;
      return {
        positions,
        normals: Float32Array.from(readAccessor(gltf, binary, attributes['NORMAL'])),
        texels: readAccessor(gltf, binary, attributes['TEXCOORD_0']).map(
          (value, at) => value * f64(size, at % 2),
        ),
        indices: Uint32Array.from(stored ?? readAccessor(gltf, binary, indices)),
      };
    });
}

function splitChunks(glb: Uint8Array): { gltf: Gltf; binary: DataView } {
  const view = new DataView(glb.buffer, glb.byteOffset, glb.byteLength);
  const isGlb = glb.length >= 20 && view.getUint32(0, true) === 0x46546c67 && view.getUint32(4, true) === 2;
  if (!isGlb) throw new Error('The bytes are no GLB of version 2.');
  if (view.getUint32(8, true) > glb.length) throw new Error(`The GLB is cut short at ${glb.length} bytes.`);
  const jsonLength = view.getUint32(12, true);
  const gltf = JSON.parse(new TextDecoder().decode(glb.subarray(20, 20 + jsonLength))) as Gltf;
  const start = Math.min(glb.length, 28 + jsonLength);
  return { gltf, binary: new DataView(glb.buffer, glb.byteOffset + start, glb.length - start) };
}

/** Width and height of the first image; 1 and 1 when there is none inside the GLB. */
function textureSize({ images = [], bufferViews = [] }: Gltf, binary: DataView): Float64Array {
  const view = bufferViews[images[0]?.bufferView ?? -1];
  if (!view) return Float64Array.of(1, 1);
  const start = binary.byteOffset + (view.byteOffset ?? 0);
  return Float64Array.from(imageSize(new Uint8Array(binary.buffer, start, view.byteLength)));
}

function readAccessor(
  { accessors = [], bufferViews = [] }: Gltf,
  binary: DataView,
  index?: number,
): Float64Array {
  if (index === undefined) return new Float64Array(0);
  const accessor = accessors[index];
  const view = bufferViews[accessor?.bufferView ?? -1];
  const reader = readers[accessor?.componentType ?? 0];
  if (!accessor || !view || !reader || accessor.sparse)
    throw new Error(`Accessor ${index} is not supported.`);
  const width = { SCALAR: 1, VEC2: 2, VEC3: 3 }[accessor.type] ?? 0;
  const stride = view.byteStride ?? width * reader.size;
  const start = (view.byteOffset ?? 0) + (accessor.byteOffset ?? 0);
  const values = new Float64Array(accessor.count * width);
  for (let item = 0; item < accessor.count; item++) {
    for (let part = 0; part < width; part++) {
      values[item * width + part] = reader.read(binary, start + item * stride + part * reader.size);
    }
  }
  return values;
}
