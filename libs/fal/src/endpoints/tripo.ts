import { anySeed, defineEndpoint, oneOf, yesOrNo } from './fal-endpoint.js';

const usdByTexture = { no: 0.2, standard: 0.3, HD: 0.4 } as const;

/** There, `pbr` is on by default and makes a texture whatever `texture` says. */
export const tripo = defineEndpoint({
  id: 'tripo3d/tripo/v2.5/image-to-3d',
  title: 'Tripo v2.5',
  proven: true,
  imageField: 'image_url',
  accepts: ['texture', 'pbr', 'seed'],
  extras: {
    texture_seed: anySeed,
    texture_alignment: oneOf('original_image', 'geometry'),
    orientation: oneOf('default', 'align_image'),
    auto_size: yesOrNo,
  },
  limitsFaces: true,
  usualSeconds: [20, 120],
  outputs: ['pbr_model', 'model_mesh', 'base_model'],
  refuses: ({ texture, pbr }) =>
    texture === 'no' && pbr === true
      ? [{ path: 'settings.pbr', message: 'must not be true with texture no: its materials are a texture' }]
      : [],
  usd: ({ texture = 'standard' }) => usdByTexture[texture],
  map: ({ face_limit, texture, pbr, seed }) => ({
    face_limit,
    texture,
    pbr: texture === 'no' ? false : pbr,
    seed,
  }),
});
