import { defineEndpoint, inRange, wholeInRange } from './fal-endpoint.js';

const extras = {
  num_inference_steps: wholeInRange(1, 50),
  guidance_scale: inRange(0, 20),
  octree_resolution: wholeInRange(1, 1_024),
};
const noHd = { path: 'settings.texture', message: 'must be no or standard' };
/** It makes a texture, at three times the price, when it is asked to. */
const textured = (texture: 'no' | 'standard' | 'HD' | undefined): boolean => texture === 'standard';

const common = {
  proven: false,
  imageField: 'input_image_url',
  accepts: ['texture', 'seed'],
  extras,
  limitsFaces: false,
  usualSeconds: [30, 180],
  refuses: ({ texture }) => (texture === 'HD' ? [noHd] : []),
  map: ({ texture, seed }) => ({ textured_mesh: textured(texture), seed }),
} as const satisfies Partial<Parameters<typeof defineEndpoint>[0]>;

export const hunyuan2 = defineEndpoint({
  ...common,
  id: 'fal-ai/hunyuan3d/v2',
  title: 'Hunyuan3D 2',
  outputs: ['model_mesh'],
  usd: ({ texture }) => (textured(texture) ? 0.48 : 0.16),
});

/** Its `model_mesh` is a zip. */
export const hunyuan21 = defineEndpoint({
  ...common,
  id: 'fal-ai/hunyuan3d-v21',
  title: 'Hunyuan3D 2.1',
  outputs: ['model_glb_pbr', 'model_glb'],
  usd: ({ texture }) => (textured(texture) ? 0.9 : 0.3),
});
