/**
 * The corners of a primitive as a plain list of triangles, each with the turn that its strip or fan gives it.
 * @param corners vertex of each corner in the primitive's own order
 * @param mode 4 list, 5 strip, 6 fan, as in glTF
 */
export function triangleList(corners: Uint32Array, mode: number): Uint32Array {
  if (mode === 4) return corners.slice(0, corners.length - (corners.length % 3));
  const faces = Math.max(0, corners.length - 2);
  const list = new Uint32Array(faces * 3);
  const corner = (at: number): number => corners[at] ?? 0;
  for (let face = 0; face < faces; face++) {
    const odd = mode === 5 ? face % 2 : 0;
    const [first, second, third] =
      mode === 6 ? [face + 1, face + 2, 0] : [face, face + 1 + odd, face + 2 - odd];
    list.set([corner(first), corner(second), corner(third)], face * 3);
  }
  return list;
}
