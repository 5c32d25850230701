import { defineEndpoint, inRange, wholeInRange, yesOrNo } from './fal-endpoint.js';

/** Verify live: the price was not published where it was looked for. */
export const triposr = defineEndpoint({
  id: 'fal-ai/triposr',
  title: 'TripoSR',
  proven: false,
  imageField: 'image_url',
  accepts: [],
  extras: {
    do_remove_background: yesOrNo,
    foreground_ratio: inRange(0.5, 1),
    mc_resolution: wholeInRange(32, 1_024),
  },
  limitsFaces: false,
  usualSeconds: [3, 30],
  outputs: ['model_mesh'],
  usd: () => 0.07,
  map: () => ({ output_format: 'glb' }),
});
