import sharp from 'sharp';
import { random } from '../random.js';
import { sphereOf } from './sphere.js';

/** Numbers of the glTF 2.0 specification. */
const gl = { unsignedInt: 5125, float: 5126, arrayBuffer: 34962, elementArrayBuffer: 34963 } as const;
const magic = { glb: 0x46546c67, json: 0x4e4f534a, binary: 0x004e4942 } as const;
const textureVariants = 16;

export interface SphereOptions {
  /** Never more than this; 8 and more. */
  faces: number;
  /** null: a plain material and no texture coordinates. */
  texture: Uint8Array | null;
  /** Goes into `asset.extras`, so that each model's bytes are its own. */
  extras: Readonly<Record<string, string>>;
}

/** A real GLB: a sphere with normals, and with texture coordinates and an embedded JPEG when there is a texture. */
export function sphereGlb({ faces, texture, extras }: SphereOptions): Buffer {
  const { positions, uvs, indices, min, max } = sphereOf(faces);
  const parts = [indices, positions, positions, ...(texture === null ? [] : [uvs, texture])];
  const views = parts.map((part, at) => ({
    buffer: 0,
    byteOffset: parts.slice(0, at).reduce((sum, { byteLength }) => sum + padded(byteLength), 0),
    byteLength: part.byteLength,
    ...(part === texture ? {} : { target: at === 0 ? gl.elementArrayBuffer : gl.arrayBuffer }),
  }));
  const vec3 = { componentType: gl.float, count: positions.length / 3, type: 'VEC3' };
  const json = {
    asset: { version: '2.0', generator: 'image2model fal stand-in', extras },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: attributesOf(texture !== null), indices: 0, material: 0 }] }],
    ...materialOf(texture !== null),
    accessors: [
      { bufferView: 0, componentType: gl.unsignedInt, count: indices.length, type: 'SCALAR' },
      { bufferView: 1, ...vec3, min, max },
      { bufferView: 2, ...vec3 },
      ...(texture === null ? [] : [{ bufferView: 3, ...vec3, type: 'VEC2' }]),
    ],
    bufferViews: views,
    buffers: [{ byteLength: parts.reduce((sum, { byteLength }) => sum + padded(byteLength), 0) }],
  };
  return assemble(json, parts);
}

const attributesOf = (textured: boolean): object => ({
  POSITION: 1,
  NORMAL: 2,
  ...(textured ? { TEXCOORD_0: 3 } : {}),
});

const materialOf = (textured: boolean): object => ({
  materials: [
    {
      pbrMetallicRoughness: {
        ...(textured ? { baseColorTexture: { index: 0 } } : { baseColorFactor: [0.7, 0.7, 0.7, 1] }),
        metallicFactor: 0,
        roughnessFactor: 0.8,
      },
    },
  ],
  ...(textured
    ? {
        images: [{ bufferView: 4, mimeType: 'image/jpeg' }],
        textures: [{ source: 0, sampler: 0 }],
        samplers: [{}],
      }
    : {}),
});

const padded = (length: number): number => Math.ceil(length / 4) * 4;

function assemble(json: object, parts: readonly ArrayBufferView[]): Buffer {
  const text = Buffer.from(JSON.stringify(json));
  const jsonChunk = Buffer.alloc(padded(text.length), ' ');
  text.copy(jsonChunk);
  const binary = Buffer.concat(
    parts.map(({ buffer, byteOffset, byteLength }) => {
      const chunk = Buffer.alloc(padded(byteLength));
      Buffer.from(buffer, byteOffset, byteLength).copy(chunk);
      return chunk;
    }),
  );
  const head = Buffer.alloc(20);
  [magic.glb, 2, 28 + jsonChunk.length + binary.length, jsonChunk.length, magic.json].forEach((word, at) =>
    head.writeUInt32LE(word, 4 * at),
  );
  const binaryHead = Buffer.alloc(8);
  binaryHead.writeUInt32LE(binary.length, 0);
  binaryHead.writeUInt32LE(magic.binary, 4);
  return Buffer.concat([head, jsonChunk, binaryHead, binary]);
}

let textures: Promise<readonly Buffer[]> | undefined;

/** A few small textures, the same ones each time; made once a process. */
export const sphereTextures = (): Promise<readonly Buffer[]> => (textures ??= makeTextures());

async function makeTextures(): Promise<readonly Buffer[]> {
  const draw = random(4);
  return Promise.all(
    Array.from({ length: textureVariants }, () => {
      const [r, g, b] = [60 + 180 * draw(), 60 + 180 * draw(), 60 + 180 * draw()];
      const pixels = Buffer.alloc(64 * 64 * 3);
      for (let at = 0; at < pixels.length; at += 3)
        pixels.set(
          [r, g, b].map((part) => Math.min(255, part * (0.6 + 0.4 * draw()))),
          at,
        );
      return sharp(pixels, { raw: { width: 64, height: 64, channels: 3 } })
        .jpeg({ quality: 60 })
        .toBuffer();
    }),
  );
}
