import { ModelRefused } from '../model-refused.js';
import { entry, type Gltf, type GltfPrimitive } from './gltf-json.js';

/** What a viewer shows of a glTF. */
export interface Drawn {
  /** Mesh → how many nodes of the shown scene show it. */
  readonly meshes: ReadonlyMap<number, number>;
  /** Triangles, every instance counted. */
  readonly faces: number;
  /** Stored vertices, every instance counted. */
  readonly vertices: number;
}

/**
 * Walks the scene that viewers show: the default one, or the first.
 * @throws ModelRefused
 */
export function drawnMeshes(gltf: Gltf): Drawn {
  judgeTree(gltf);
  const meshes = new Map<number, number>();
  for (const at of shownNodes(gltf)) {
    const { mesh } = entry(gltf.nodes, at, 'node');
    if (mesh !== undefined) meshes.set(mesh, (meshes.get(mesh) ?? 0) + 1);
  }
  let [faces, vertices] = [0, 0];
  for (const [at, instances] of meshes)
    for (const primitive of entry(gltf.meshes, at, 'mesh').primitives) {
      faces += instances * facesOf(gltf, primitive);
      vertices += instances * verticesOf(gltf, primitive);
    }
  return { meshes, faces, vertices };
}

/** Triangles of a list, strip or fan; points and lines have none. */
export function facesOf(gltf: Gltf, primitive: GltfPrimitive): number {
  const { indices, mode } = primitive;
  const corners =
    indices === undefined ? verticesOf(gltf, primitive) : entry(gltf.accessors, indices, 'accessor').count;
  if (mode === 4) return Math.floor(corners / 3);
  return mode > 4 ? Math.max(0, corners - 2) : 0;
}

function verticesOf({ accessors }: Gltf, { attributes }: GltfPrimitive): number {
  const at = attributes['POSITION'];
  return at === undefined ? 0 : entry(accessors, at, 'accessor').count;
}

/** Nodes are a forest; in a circle or a diamond a viewer would walk for ever, or draw a bomb. */
function judgeTree({ nodes, scenes }: Gltf): void {
  const parents = nodes.map(() => 0);
  for (const { children } of nodes)
    for (const child of children) parents[child] = (parents[child] ?? Infinity) + 1;
  const roots = [...nodes.keys()].filter((at) => parents[at] === 0);
  const isForest = parents.length === nodes.length && parents.every((count) => count <= 1);
  if (!isForest || below(nodes, roots).length !== nodes.length)
    throw new ModelRefused('quality.invalid', 'The nodes of the glTF are not a tree.');
  for (const scene of scenes)
    if (new Set(scene.nodes).size !== scene.nodes.length || scene.nodes.some((at) => parents[at] !== 0))
      throw new ModelRefused('quality.invalid', 'A scene of the glTF shows a node twice, or none.');
}

function shownNodes({ scene, scenes, nodes }: Gltf): number[] {
  if (scenes.length === 0) return [];
  return below(nodes, entry(scenes, scene ?? 0, 'scene').nodes);
}

/** Iterative: a chain of nodes may be as long as the JSON. */
function below(nodes: Gltf['nodes'], roots: readonly number[]): number[] {
  const found = [...roots];
  for (let next = 0; next < found.length; next++)
    for (const child of nodes[found[next] ?? 0]?.children ?? []) found.push(child);
  return found;
}
