import { ModelRefused } from '../model-refused.js';
import type { Gltf } from './gltf-json.js';

/** What a viewer of ours must understand and can; a model that requires anything else is refused by name. */
const known =
  /^(KHR_materials_\w+|KHR_texture_transform|KHR_mesh_quantization|KHR_lights_punctual|EXT_texture_webp)$/;

/**
 * A model is whole by itself: no address of anything outside, which a viewer would call, and no required extension
 * that hides its data (Draco and meshopt compression, KTX2 textures).
 * @throws ModelRefused
 */
export function judgeOutside(data: unknown, { extensionsRequired }: Gltf): void {
  const foreign = extensionsRequired.filter((name) => !known.test(name));
  if (foreign.length > 0)
    throw new ModelRefused(
      'quality.unsupported',
      `The model needs ${foreign.slice(0, 5).join(', ').slice(0, 200)}, which is not supported.`,
    );
  if (hasUri(data))
    throw new ModelRefused(
      'quality.external_data',
      'The model refers to data by address; everything must be in its binary chunk.',
    );
}

/** Anywhere, extensions included; `extras` are the author's notes, which no viewer loads. The depth is bounded. */
function hasUri(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  if (Array.isArray(data)) return data.some(hasUri);
  return Object.entries(data).some(([key, value]) => key === 'uri' || (key !== 'extras' && hasUri(value)));
}
