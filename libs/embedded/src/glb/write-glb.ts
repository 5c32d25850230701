import { f32 } from '../typed-access.js';
import type { Surface } from '../mesh/build-surface.js';

/** Numbers of the glTF 2.0 and OpenGL specifications. */
const gl = {
  unsignedShort: 5123,
  unsignedInt: 5125,
  float: 5126,
  arrayBuffer: 34962,
  elementArrayBuffer: 34963,
  linear: 9729,
  linearMipmapLinear: 9987,
  clampToEdge: 33071,
} as const;
const glbHeader = { magic: 0x46546c67, version: 2, json: 0x4e4f534a, binary: 0x004e4942 } as const;
/** From this many vertices on, indices need 32 bits: 65535 is reserved. */
const wideIndices = 65_535;

type View = { readonly bytes: Uint8Array; readonly target?: number };

/** One scene, node, mesh, primitive and material. Without a JPEG the material is a plain light grey. */
export function writeGlb(surface: Surface, jpeg: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  const { positions, normals, uvs, indices } = surface;
  const vertexCount = positions.length / 3;
  const isWide = vertexCount >= wideIndices;
  const views: View[] = [
    { bytes: bytesOf(isWide ? indices : new Uint16Array(indices)), target: gl.elementArrayBuffer },
    { bytes: bytesOf(positions), target: gl.arrayBuffer },
    { bytes: bytesOf(normals), target: gl.arrayBuffer },
    ...(uvs ? [{ bytes: bytesOf(uvs), target: gl.arrayBuffer }] : []),
    ...(jpeg ? [{ bytes: jpeg }] : []),
  ];
  const attribute = (bufferView: number, type: 'VEC2' | 'VEC3', bounds: object = {}): object => ({
    bufferView,
    componentType: gl.float,
    count: vertexCount,
    type,
    ...bounds,
  });
  const json = {
    asset: { version: '2.0', generator: 'image2model embedded' },
    scene: 0,
    scenes: [{ name: 'model', nodes: [0] }],
    nodes: [{ name: 'model', mesh: 0 }],
    meshes: [{ name: 'model', primitives: [primitiveOf(uvs !== undefined)] }],
    materials: [materialOf(jpeg !== undefined)],
    ...(jpeg ? textureOf(views.length - 1) : {}),
    accessors: [
      {
        bufferView: 0,
        componentType: isWide ? gl.unsignedInt : gl.unsignedShort,
        count: indices.length,
        type: 'SCALAR',
      },
      attribute(1, 'VEC3', boundsOf(positions)),
      attribute(2, 'VEC3'),
      ...(uvs ? [attribute(3, 'VEC2')] : []),
    ],
  };
  return assemble(json, views);
}

function primitiveOf(hasUvs: boolean): object {
  return {
    attributes: { POSITION: 1, NORMAL: 2, ...(hasUvs ? { TEXCOORD_0: 3 } : {}) },
    indices: 0,
    material: 0,
  };
}

function materialOf(hasTexture: boolean): object {
  const look = hasTexture ? { baseColorTexture: { index: 0 } } : { baseColorFactor: [0.8, 0.8, 0.8, 1] };
  return { name: 'surface', pbrMetallicRoughness: { ...look, metallicFactor: 0, roughnessFactor: 0.85 } };
}

function textureOf(bufferView: number): object {
  const { linear, linearMipmapLinear, clampToEdge } = gl;
  return {
    samplers: [{ magFilter: linear, minFilter: linearMipmapLinear, wrapS: clampToEdge, wrapT: clampToEdge }],
    images: [{ name: 'photo', bufferView, mimeType: 'image/jpeg' }],
    textures: [{ sampler: 0, source: 0 }],
  };
}

function boundsOf(positions: Float32Array): { readonly min: number[]; readonly max: number[] } {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let at = 0; at < positions.length; at++) {
    const axis = at % 3;
    min[axis] = Math.min(min[axis] ?? 0, f32(positions, at));
    max[axis] = Math.max(max[axis] ?? 0, f32(positions, at));
  }
  return { min, max };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
const padded = (length: number): number => Math.ceil(length / 4) * 4;

/** Header, JSON chunk (padded with spaces) and binary chunk; every view starts at a multiple of four. */
function assemble(json: object, views: readonly View[]): Uint8Array<ArrayBuffer> {
  let binaryLength = 0;
  const bufferViews = views.map(({ bytes, target }) => {
    const view = {
      buffer: 0,
      byteOffset: binaryLength,
      byteLength: bytes.length,
      ...(target ? { target } : {}),
    };
    binaryLength = padded(binaryLength + bytes.length);
    return view;
  });
  const text = JSON.stringify({ ...json, bufferViews, buffers: [{ byteLength: binaryLength }] });
  const jsonBytes = new TextEncoder().encode(text);
  const jsonLength = padded(jsonBytes.length);
  const glb = new Uint8Array(28 + jsonLength + binaryLength);
  const header = new DataView(glb.buffer);
  const words = [glbHeader.magic, glbHeader.version, glb.length, jsonLength, glbHeader.json];
  words.forEach((word, index) => header.setUint32(index * 4, word, true));
  glb.fill(0x20, 20, 20 + jsonLength);
  glb.set(jsonBytes, 20);
  header.setUint32(20 + jsonLength, binaryLength, true);
  header.setUint32(24 + jsonLength, glbHeader.binary, true);
  views.forEach(({ bytes }, index) =>
    glb.set(bytes, 28 + jsonLength + (bufferViews[index]?.byteOffset ?? 0)),
  );
  return glb;
}
