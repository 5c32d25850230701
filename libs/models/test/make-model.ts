import { Document, Logger, WebIO, type Primitive } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';

/** A PNG of one red pixel. */
export const redPixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

export interface ModelPlan {
  /** Squares along each side of the bumpy globe's grid; it has twice their square faces. */
  readonly side: number;
  /** Without: a plain material. */
  readonly texture?: { readonly bytes: Uint8Array; readonly type: string };
  /** Every face has corners and a normal of its own. */
  readonly flat?: boolean;
  /** Every face has corners of its own, equal to those of its neighbours. */
  readonly soup?: boolean;
  /** Squares of the texture atlas along each side; each is an island of its own. */
  readonly islands?: number;
}

export const textured = (side: number): ModelPlan => ({
  side,
  texture: { bytes: redPixel, type: 'image/png' },
});

/** A bumpy globe in a scene, as a document that tests change before they write it. */
export function makeDocument(plan: ModelPlan): { document: Document; primitive: Primitive } {
  const document = new Document().setLogger(new Logger(Logger.Verbosity.SILENT));
  const buffer = document.createBuffer();
  const { positions, normals, uvs, indices } = shape(plan);
  const attribute = (type: 'VEC2' | 'VEC3', array: Float32Array) =>
    document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  const material = document.createMaterial('skin');
  if (plan.texture) {
    const { bytes, type } = plan.texture;
    material.setBaseColorTexture(
      document
        .createTexture('photo')
        .setImage(bytes as Uint8Array<ArrayBuffer>)
        .setMimeType(type),
    );
  }
  const primitive = document
    .createPrimitive()
    .setAttribute('POSITION', attribute('VEC3', positions))
    .setAttribute('NORMAL', attribute('VEC3', normals))
    .setAttribute('TEXCOORD_0', attribute('VEC2', uvs))
    .setMaterial(material);
  if (!plan.flat && !plan.soup)
    primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(indices).setBuffer(buffer));
  const node = document.createNode().setMesh(document.createMesh().addPrimitive(primitive));
  document.getRoot().setDefaultScene(document.createScene().addChild(node));
  return { document, primitive };
}

export const writeModel = (document: Document): Promise<Uint8Array> =>
  new WebIO()
    .setLogger(new Logger(Logger.Verbosity.SILENT))
    .registerExtensions(ALL_EXTENSIONS)
    .writeBinary(document);

export const makeModel = (plan: ModelPlan): Promise<Uint8Array> => writeModel(makeDocument(plan).document);

interface Mesh {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly uvs: Float32Array;
  readonly indices: Uint32Array;
}

/** A grid wrapped round a ball; along the edges of islands vertices are doubled, as unwrapping does. */
function globe({ side, islands = 1 }: ModelPlan): Mesh {
  const positions: number[] = [];
  const normals: number[] = [];
  const uvs: number[] = [];
  const indices: number[] = [];
  const step = side / islands;
  for (let island = 0; island < islands * islands; island++) {
    const [left, top] = [(island % islands) * step, Math.floor(island / islands) * step];
    const first = positions.length / 3;
    for (let y = 0; y <= step; y++)
      for (let x = 0; x <= step; x++) {
        const point = onGlobe((left + x) / side, (top + y) / side);
        positions.push(...point);
        normals.push(...unit(point));
        // a margin between islands makes the doubled vertices differ
        uvs.push((left + x * 0.9) / side, (top + y * 0.9) / side);
      }
    for (let y = 0; y < step; y++)
      for (let x = 0; x < step; x++) {
        const [a, width] = [first + y * (step + 1) + x, step + 1];
        indices.push(a, a + 1, a + width, a + 1, a + width + 1, a + width);
      }
  }
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    uvs: Float32Array.from(uvs),
    indices: Uint32Array.from(indices),
  };
}

function onGlobe(u: number, v: number): [number, number, number] {
  const [around, down] = [u * 2 * Math.PI, 0.05 + v * (Math.PI - 0.1)];
  const radius = 1 + 0.05 * Math.sin(7 * around) * Math.sin(9 * down);
  return [
    radius * Math.sin(down) * Math.cos(around),
    radius * Math.cos(down),
    radius * Math.sin(down) * Math.sin(around),
  ];
}

function shape(plan: ModelPlan): Mesh {
  const mesh = globe(plan);
  if (plan.flat) return flatten(split(mesh));
  return plan.soup ? split(mesh) : mesh;
}

function split({ positions, normals, uvs, indices }: Mesh): Mesh {
  const pick = (from: Float32Array, size: number): Float32Array =>
    Float32Array.from({ length: indices.length * size }, (_, at) => {
      const vertex = indices[Math.floor(at / size)] ?? 0;
      return from[vertex * size + (at % size)] ?? 0;
    });
  return { positions: pick(positions, 3), normals: pick(normals, 3), uvs: pick(uvs, 2), indices };
}

function flatten(mesh: Mesh): Mesh {
  const corners = mesh.positions;
  const normals = new Float32Array(corners.length);
  for (let face = 0; face < corners.length; face += 9) {
    const [a, b, c] = [0, 3, 6].map((at) => corners.subarray(face + at, face + at + 3));
    const edge = (to?: Float32Array): number[] =>
      [0, 1, 2].map((axis) => (to?.[axis] ?? 0) - (a?.[axis] ?? 0));
    const normal = unit(cross(edge(b), edge(c)));
    for (const at of [0, 3, 6]) normals.set(normal, face + at);
  }
  return { ...mesh, normals };
}

const cross = ([a = 0, b = 0, c = 0]: number[], [x = 0, y = 0, z = 0]: number[]): number[] => [
  b * z - c * y,
  c * x - a * z,
  a * y - b * x,
];

function unit(vector: number[]): number[] {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
