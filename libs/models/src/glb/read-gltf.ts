import { gltfOf, type Gltf } from './gltf-json.js';
import { judgeLayout } from './judge-layout.js';
import { judgeOutside } from './judge-outside.js';
import { parseJson } from './parse-json.js';
import { readContainer } from './read-container.js';

export interface ReadGltf {
  readonly gltf: Gltf;
  readonly binary: Uint8Array;
}

/**
 * Reads a GLB whose structure is sound: every number stays within its bytes, and it needs nothing from outside.
 * @throws ModelRefused
 */
export function readGltf(glb: Uint8Array): ReadGltf {
  const { json, binary } = readContainer(glb);
  const data = parseJson(json);
  const gltf = gltfOf(data);
  judgeOutside(data, gltf);
  judgeLayout(gltf, binary);
  return { gltf, binary };
}
