import { defineEndpoint, inRange, wholeInRange } from './fal-endpoint.js';

const texturePixels = { standard: '1024', HD: '2048' } as const;

/** Its meshes are simplified by a ratio, so face limits are kept here. */
export const trellis = defineEndpoint({
  id: 'fal-ai/trellis',
  title: 'Trellis',
  proven: true,
  imageField: 'image_url',
  accepts: ['texture', 'seed'],
  extras: {
    mesh_simplify: inRange(0.9, 0.98),
    ss_guidance_strength: inRange(0, 10),
    ss_sampling_steps: wholeInRange(1, 50),
    slat_guidance_strength: inRange(0, 10),
    slat_sampling_steps: wholeInRange(1, 50),
  },
  limitsFaces: false,
  usualSeconds: [10, 60],
  outputs: ['model_mesh'],
  refuses: ({ texture }) =>
    texture === 'no'
      ? [{ path: 'settings.texture', message: 'must be standard or HD: its models always have a texture' }]
      : [],
  usd: () => 0.02,
  map: ({ texture, seed }) => ({
    texture_size: texture === undefined || texture === 'no' ? undefined : texturePixels[texture],
    seed,
  }),
});
