import { defineEndpoint, oneOf, yesOrNo } from './fal-endpoint.js';

const mostFaces = 300_000;

/** Verify live: the price was not published where it was looked for. */
export const meshy = defineEndpoint({
  id: 'fal-ai/meshy/v6/image-to-3d',
  title: 'Meshy 6',
  proven: false,
  imageField: 'image_url',
  accepts: ['texture', 'pbr'],
  extras: {
    should_remesh: yesOrNo,
    symmetry_mode: oneOf('off', 'auto', 'on'),
    pose_mode: oneOf('a-pose', 't-pose'),
    enable_safety_checker: yesOrNo,
  },
  limitsFaces: true,
  usualSeconds: [60, 300],
  outputs: ['model_glb', 'model_urls.glb'],
  refuses: ({ texture, pbr }) => [
    ...(texture === 'HD' ? [{ path: 'settings.texture', message: 'must be no or standard' }] : []),
    ...(texture === 'no' && pbr === true
      ? [{ path: 'settings.pbr', message: 'must not be true with texture no: its materials are a texture' }]
      : []),
  ],
  usd: () => 0.8,
  map: ({ face_limit, texture, pbr }) => ({
    target_polycount: Math.min(mostFaces, Math.max(100, face_limit)),
    should_texture: texture === undefined ? undefined : texture !== 'no',
    enable_pbr: pbr,
  }),
});
