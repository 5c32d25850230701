import { f32, f64, u32 } from '../typed-access.js';

/**
 * Texture stretch of every face: the greater singular value of the affine map from texels to the surface, that is the
 * most surface length that one texel's length covers in any direction (the L∞ norm of Sander et al., 2001). It is divided by
 * what an even texture would have, √(surface area / texture area of all faces), so 1 is ideal. Infinity for faces without
 * area on the texture.
 * @param texels two numbers for each vertex
 */
export function measureStretch(
  positions: Float32Array,
  texels: Float64Array,
  indices: Uint32Array,
): Float64Array {
  const stretch = new Float64Array(indices.length / 3);
  let [surface, texture] = [0, 0];
  for (let face = 0; face < stretch.length; face++) {
    const [a, b, c] = [u32(indices, face * 3), u32(indices, face * 3 + 1), u32(indices, face * 3 + 2)];
    const [bu, bv] = [
      f64(texels, b * 2) - f64(texels, a * 2),
      f64(texels, b * 2 + 1) - f64(texels, a * 2 + 1),
    ];
    const [cu, cv] = [
      f64(texels, c * 2) - f64(texels, a * 2),
      f64(texels, c * 2 + 1) - f64(texels, a * 2 + 1),
    ];
    const double = bu * cv - cu * bv;
    // Metric of the map: E and G along the texture's axes, F between them.
    let [e, f, g, bb, bc, cc] = [0, 0, 0, 0, 0, 0];
    for (let axis = 0; axis < 3; axis++) {
      const ab = f32(positions, b * 3 + axis) - f32(positions, a * 3 + axis);
      const ac = f32(positions, c * 3 + axis) - f32(positions, a * 3 + axis);
      const alongU = (ab * cv - ac * bv) / double;
      const alongV = (ac * bu - ab * cu) / double;
      e += alongU * alongU;
      f += alongU * alongV;
      g += alongV * alongV;
      bb += ab * ab;
      bc += ab * ac;
      cc += ac * ac;
    }
    stretch[face] = double === 0 ? Infinity : Math.sqrt((e + g + Math.sqrt((e - g) ** 2 + 4 * f * f)) / 2);
    surface += Math.sqrt(Math.max(0, bb * cc - bc * bc)) / 2;
    texture += Math.abs(double) / 2;
  }
  const even = Math.sqrt(surface / texture);
  return stretch.map((value) => value / even);
}
