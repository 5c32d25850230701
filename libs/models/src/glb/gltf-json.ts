import { z } from 'zod';
import { ModelRefused } from '../model-refused.js';

const index = z.int().min(0);
const list = <T extends z.ZodType>(of: T): z.ZodDefault<z.ZodArray<T>> => z.array(of).default([]);
const attributes = z.record(z.string(), index);
const texture = z.looseObject({ index, texCoord: index.default(0) });

const accessor = z.looseObject({
  bufferView: index.optional(),
  byteOffset: index.default(0),
  componentType: z.literal([5120, 5121, 5122, 5123, 5125, 5126]),
  count: z.int().min(1),
  type: z.enum(['SCALAR', 'VEC2', 'VEC3', 'VEC4', 'MAT2', 'MAT3', 'MAT4']),
  sparse: z
    .looseObject({
      count: z.int().min(1),
      indices: z.looseObject({
        bufferView: index,
        byteOffset: index.default(0),
        componentType: z.literal([5121, 5123, 5125]),
      }),
      values: z.looseObject({ bufferView: index, byteOffset: index.default(0) }),
    })
    .optional(),
});
const primitive = z.looseObject({
  attributes,
  indices: index.optional(),
  material: index.optional(),
  mode: z.int().min(0).max(6).default(4),
  targets: list(attributes),
});
const material = z.looseObject({
  pbrMetallicRoughness: z.looseObject({ baseColorTexture: texture.optional() }).optional(),
  extensions: z
    .looseObject({
      KHR_materials_pbrSpecularGlossiness: z.looseObject({ diffuseTexture: texture.optional() }).optional(),
    })
    .optional(),
});
const textureSource = z.looseObject({
  source: index.optional(),
  extensions: z
    .looseObject({
      EXT_texture_webp: z.looseObject({ source: index }).optional(),
    })
    .optional(),
});

/** The part of a glTF that the checks read. Everything else of it passes as it is. */
const gltfSchema = z.looseObject({
  asset: z.looseObject({ version: z.string() }),
  scene: index.optional(),
  scenes: list(z.looseObject({ nodes: list(index) })),
  nodes: list(z.looseObject({ mesh: index.optional(), children: list(index) })),
  meshes: list(z.looseObject({ primitives: z.array(primitive).min(1) })),
  accessors: list(accessor),
  bufferViews: list(
    z.looseObject({
      buffer: index,
      byteOffset: index.default(0),
      byteLength: z.int().min(1),
      byteStride: z.int().min(4).max(252).optional(),
    }),
  ),
  buffers: list(z.looseObject({ byteLength: z.int().min(1) })),
  images: list(z.looseObject({ bufferView: index.optional() })),
  textures: list(textureSource),
  materials: list(material),
  extensionsRequired: list(z.string()),
});
export type Gltf = z.output<typeof gltfSchema>;
export type GltfAccessor = Gltf['accessors'][number];
export type GltfPrimitive = Gltf['meshes'][number]['primitives'][number];

/**
 * Data that has the shape of a glTF; nothing says yet that its numbers fit together.
 * @throws ModelRefused
 */
export function gltfOf(data: unknown): Gltf {
  const parsed = gltfSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('/') ?? '';
  throw new ModelRefused(
    'quality.invalid',
    `The JSON of the GLB is no glTF: /${where.slice(0, 100)} is wrong.`,
  );
}

/**
 * The entry that an index points to.
 * @throws ModelRefused
 */
export function entry<T>(entries: readonly T[], at: number, name: string): T {
  const found = entries[at];
  if (found === undefined)
    throw new ModelRefused('quality.invalid', `The glTF points to ${name} ${at} and has ${entries.length}.`);
  return found;
}
