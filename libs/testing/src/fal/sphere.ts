/** Geometry of a unit sphere, whose positions are its normals as well. */
export interface Sphere {
  readonly positions: Float32Array;
  readonly uvs: Float32Array;
  readonly indices: Uint32Array;
  readonly min: readonly number[];
  readonly max: readonly number[];
}

const mostKept = 16;
const kept = new Map<number, Sphere>();

/** @returns a sphere of at most so many triangles (8 and more), the same one for the same number */
export function sphereOf(faces: number): Sphere {
  const made = kept.get(faces) ?? makeSphere(faces);
  if (kept.size >= mostKept) kept.clear();
  kept.set(faces, made);
  return made;
}

/** Rings from pole to pole, with twice as many segments: 2 · segments · (rings − 1) triangles. */
function makeSphere(faces: number): Sphere {
  const rings = Math.max(2, Math.floor((1 + Math.sqrt(1 + faces)) / 2));
  const segments = Math.max(3, Math.floor(faces / (2 * (rings - 1))));
  const positions: number[] = [];
  const uvs: number[] = [];
  const indices: number[] = [];
  for (let ring = 0; ring <= rings; ring += 1) {
    const polar = (Math.PI * ring) / rings;
    for (let segment = 0; segment <= segments; segment += 1) {
      const around = (2 * Math.PI * segment) / segments;
      positions.push(Math.sin(polar) * Math.cos(around), Math.cos(polar), Math.sin(polar) * Math.sin(around));
      uvs.push(segment / segments, ring / rings);
      if (ring === rings || segment === segments) continue;
      const at = ring * (segments + 1) + segment;
      const below = at + segments + 1;
      if (ring > 0) indices.push(at, at + 1, below);
      if (ring < rings - 1) indices.push(at + 1, below + 1, below);
    }
  }
  const corners = Float32Array.from(positions);
  return {
    positions: corners,
    min: bound(corners, Math.min),
    max: bound(corners, Math.max),
    uvs: Float32Array.from(uvs),
    indices: Uint32Array.from(indices),
  };
}

/** Of each axis. */
const bound = (corners: Float32Array, pick: (a: number, b: number) => number): number[] =>
  [0, 1, 2].map((axis) =>
    corners.reduce((best, value, at) => (at % 3 === axis ? pick(best, value) : best), 0),
  );
