import { u32 } from '../typed-access.js';
import { compactVertices, type Mesh } from './mesh.js';

/** Keeps the connected pieces with at least `share` of the largest piece's faces, at most `maxPieces` of them. */
export function keepPieces(mesh: Mesh, share: number, maxPieces: number): Mesh {
  const { indices } = mesh;
  const root = joinedVertices(mesh);
  const sizes = new Map<number, number>();
  for (let at = 0; at < indices.length; at += 3) {
    const piece = root(u32(indices, at));
    sizes.set(piece, (sizes.get(piece) ?? 0) + 1);
  }
  const order = [...sizes].sort(([, one], [, other]) => other - one).slice(0, maxPieces);
  const largest = order[0]?.[1] ?? 0;
  const kept = new Set(order.filter(([, size]) => size >= share * largest).map(([piece]) => piece));
  if (kept.size === sizes.size) return mesh;
  const faces = indices.filter((_, at) => kept.has(root(u32(indices, at))));
  return compactVertices({ positions: mesh.positions, indices: faces });
}

/** Union-find over the faces: a function from a vertex to the representative of its piece. */
function joinedVertices({ positions, indices }: Mesh): (vertex: number) => number {
  const parent = Uint32Array.from({ length: positions.length / 3 }, (_, vertex) => vertex);
  const root = (vertex: number): number => {
    let at = vertex;
    while (u32(parent, at) !== at) {
      parent[at] = u32(parent, u32(parent, at));
      at = u32(parent, at);
    }
    return at;
  };
  for (let at = 0; at < indices.length; at += 3) {
    const first = root(u32(indices, at));
    parent[root(u32(indices, at + 1))] = first;
    parent[root(u32(indices, at + 2))] = first;
  }
  return root;
}
