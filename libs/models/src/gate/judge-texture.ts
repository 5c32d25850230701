import type { Drawn } from '../glb/drawn-meshes.js';
import { facesOf } from '../glb/drawn-meshes.js';
import { entry, type Gltf, type GltfPrimitive } from '../glb/gltf-json.js';
import type { ReadGltf } from '../glb/read-gltf.js';
import { ModelRefused } from '../model-refused.js';
import { imageSize } from './image-size.js';

/**
 * Some faces that are shown have a colour texture: coordinates, and an image that viewers can decode.
 * @throws ModelRefused
 */
export function judgeTexture(read: ReadGltf, drawn: Drawn): void {
  const { gltf } = read;
  const faults = new Set<string>();
  for (const at of drawn.meshes.keys())
    for (const primitive of entry(gltf.meshes, at, 'mesh').primitives) {
      if (facesOf(gltf, primitive) === 0) continue;
      const fault = faultOf(read, primitive);
      if (fault === null) return;
      faults.add(fault);
    }
  throw new ModelRefused('quality.no_texture', `The model has no colour texture: ${[...faults].join(', ')}.`);
}

function faultOf({ gltf, binary }: ReadGltf, { material, attributes }: GltfPrimitive): string | null {
  if (material === undefined) return 'no material';
  const { pbrMetallicRoughness, extensions } = entry(gltf.materials, material, 'material');
  const texture =
    pbrMetallicRoughness?.baseColorTexture ?? extensions?.KHR_materials_pbrSpecularGlossiness?.diffuseTexture;
  if (texture === undefined) return 'a material without one';
  if (attributes[`TEXCOORD_${texture.texCoord}`] === undefined) return 'no texture coordinates';
  const images = imagesOf(gltf, texture.index);
  if (images.length === 0) return 'a texture without PNG, JPEG or WebP image';
  const isReadable = images.some((image) => imageSize(imageBytes(gltf, binary, image)) !== null);
  return isReadable ? null : 'an image that is no PNG, JPEG or WebP';
}

/** A viewer takes the WebP image where it can, and the plain one elsewhere. */
function imagesOf({ textures }: Gltf, at: number): number[] {
  const { source, extensions } = entry(textures, at, 'texture');
  return [extensions?.EXT_texture_webp?.source, source].filter((image) => image !== undefined);
}

function imageBytes({ images, bufferViews }: Gltf, binary: Uint8Array, at: number): Uint8Array {
  const { bufferView } = entry(images, at, 'image');
  if (bufferView === undefined) return new Uint8Array(0);
  const { byteOffset, byteLength } = entry(bufferViews, bufferView, 'buffer view');
  return binary.subarray(byteOffset, byteOffset + byteLength);
}
