import { f32, f64, u32, u8 } from '../typed-access.js';
import { keepsFaces, keepsManifold, keepsRim, type PassState, type Tolerance } from './collapse-rules.js';
import { compactVertices, cornerFans, faceCount, nextCorner, type Mesh } from './mesh.js';
import { addQuadric, quadricError, vertexQuadrics } from './quadrics.js';

/** Tried in this order; the next one only when hardly any edge is left that the one before allows. */
const tolerances: readonly Tolerance[] = [
  { minCosine: 0.25, minHeight: 0.03, keepsRim: true },
  { minCosine: 0, minHeight: 0.003, keepsRim: true },
  { minCosine: -1, minHeight: 1e-5, keepsRim: false },
];
/** Pull towards short edges where the surface is flat, against the squared-distance error. */
const evenness = 1e-4;

/**
 * Collapses edges of a closed manifold, cheapest first, until at most `maxFaces` are left. Each collapse takes exactly
 * two faces away and keeps the mesh closed and manifold, so the result has `maxFaces` or, for odd limits, one less;
 * more only when the topology allows no further collapse. Vertices keep their places. Deterministic.
 */
export function simplifyMesh(mesh: Mesh, maxFaces: number): Mesh {
  const quadrics = vertexQuadrics(mesh);
  let current = mesh;
  let level = 0;
  while (faceCount(current) > maxFaces) {
    const tolerance = tolerances[level];
    if (tolerance === undefined) break;
    const goal = Math.ceil((faceCount(current) - maxFaces) / 2);
    const { indices, collapses } = runPass(current, quadrics, goal, tolerance);
    current = { positions: mesh.positions, indices };
    if (collapses < Math.min(goal, Math.max(1, goal / 50))) level++;
  }
  return compactVertices(current);
}

interface PassResult {
  readonly indices: Uint32Array;
  readonly collapses: number;
}

/** One round over all edges in the order of their cost; an edge next to a changed one waits for the next round. */
function runPass(mesh: Mesh, quadrics: Float64Array, goal: number, tolerance: Tolerance): PassResult {
  const vertexCount = mesh.positions.length / 3;
  const candidates = rankEdges(mesh, quadrics);
  const state: PassState = {
    ...mesh,
    fans: cornerFans(mesh.indices, vertexCount),
    target: Uint32Array.from({ length: vertexCount }, (_, vertex) => vertex),
    marks: new Uint32Array(vertexCount),
    stamp: 0,
  };
  const isTouched = new Uint8Array(vertexCount);
  const costLimit = 1.5 * candidates.cost(Math.min(goal, candidates.count - 1));
  let collapses = 0;
  for (let rank = 0; rank < candidates.count && collapses < goal; rank++) {
    if (candidates.cost(rank) > costLimit && collapses > goal / 6) break;
    const from = candidates.from(rank);
    const to = candidates.to(rank);
    if (u8(isTouched, from) + u8(isTouched, to) > 0) continue;
    if (tolerance.keepsRim && !keepsRim(state.positions, from, to)) continue;
    if (!keepsManifold(state, from, to) || !keepsFaces(state, from, to, tolerance)) continue;
    state.target[from] = to;
    isTouched[from] = 1;
    isTouched[to] = 1;
    addQuadric(quadrics, from, to);
    collapses++;
  }
  return { indices: remapFaces(mesh.indices, state.target), collapses };
}

/** Faces over the remaining vertices, without those that lost a corner. */
function remapFaces(indices: Uint32Array, target: Uint32Array): Uint32Array {
  const faces = new Uint32Array(indices.length);
  let length = 0;
  for (let at = 0; at < indices.length; at += 3) {
    const a = u32(target, u32(indices, at));
    const b = u32(target, u32(indices, at + 1));
    const c = u32(target, u32(indices, at + 2));
    if (a === b || b === c || c === a) continue;
    faces[length] = a;
    faces[length + 1] = b;
    faces[length + 2] = c;
    length += 3;
  }
  return faces.slice(0, length);
}

interface RankedEdges {
  readonly count: number;
  cost(rank: number): number;
  from(rank: number): number;
  to(rank: number): number;
}

/** Candidates are numbered below this; together with 31 bits of cost they fit the 53 bits of a number. */
const candidateSpan = 2 ** 22;

/** Every edge once, in its cheaper direction, sorted by cost and then by its place in the mesh. */
function rankEdges({ positions, indices }: Mesh, quadrics: Float64Array): RankedEdges {
  const count = indices.length / 2;
  const [froms, tos] = [new Uint32Array(count), new Uint32Array(count)];
  const costs = new Float32Array(count);
  let filled = 0;
  for (let corner = 0; corner < indices.length; corner++) {
    const a = u32(indices, corner);
    const b = u32(indices, nextCorner(corner));
    if (a > b) continue;
    const [there, back] = [collapseCost(positions, quadrics, a, b), collapseCost(positions, quadrics, b, a)];
    froms[filled] = there <= back ? a : b;
    tos[filled] = there <= back ? b : a;
    costs[filled++] = Math.min(there, back);
  }
  // The bits of positive floats sort like the floats themselves.
  const bits = new Uint32Array(costs.buffer);
  const keys = Float64Array.from({ length: filled }, (_, at) => u32(bits, at) * candidateSpan + at).sort();
  const candidate = (rank: number): number => f64(keys, rank) % candidateSpan;
  return {
    count: filled,
    cost: (rank) => f32(costs, candidate(rank)),
    from: (rank) => u32(froms, candidate(rank)),
    to: (rank) => u32(tos, candidate(rank)),
  };
}

function collapseCost(positions: Float32Array, quadrics: Float64Array, from: number, to: number): number {
  const dx = f32(positions, from * 3) - f32(positions, to * 3);
  const dy = f32(positions, from * 3 + 1) - f32(positions, to * 3 + 1);
  const dz = f32(positions, from * 3 + 2) - f32(positions, to * 3 + 2);
  const length = dx * dx + dy * dy + dz * dz;
  const error = quadricError(quadrics, from, positions, to) + quadricError(quadrics, to, positions, to);
  return error + evenness * length * length;
}
