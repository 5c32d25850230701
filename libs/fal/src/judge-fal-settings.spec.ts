import { settingsSchema, type Settings } from '@image2model/contracts';
import { defaultFalEndpoint, falEndpointOf, falEndpoints } from './endpoints/fal-endpoints.js';
import type { FalEndpoint } from './endpoints/fal-endpoint.js';
import { judgeFalSettings } from './judge-fal-settings.js';

const settings = (given: Record<string, unknown>): Settings => settingsSchema.parse(given);
const pathsOf = (given: Record<string, unknown>): string[] =>
  judgeFalSettings(settings(given)).map(({ path }) => path);
const endpoint = (id: string): FalEndpoint => {
  const found = falEndpointOf({ endpoint: id });
  if (found === undefined) throw new Error(id);
  return found;
};
const ids = [
  'tripo3d/tripo/v2.5/image-to-3d',
  'fal-ai/trellis',
  'fal-ai/hunyuan3d/v2',
  'fal-ai/hunyuan3d-v21',
  'fal-ai/meshy/v6/image-to-3d',
  'fal-ai/triposr',
];
const [tripo = '', trellis = '', hunyuan = '', hunyuan21 = '', meshy = '', triposr = ''] = ids;

it('knows six endpoints, two of them proven, and one default', () => {
  expect(falEndpoints.map(({ id }) => id)).toEqual(ids);
  expect(falEndpoints.filter(({ proven }) => proven).map(({ id }) => id)).toEqual([tripo, trellis]);
  expect(falEndpointOf({})?.id).toBe(defaultFalEndpoint);
  expect(falEndpointOf({ endpoint: 'fal-ai/other' })).toBeUndefined();
});

it('names the known endpoints to whoever asks for another', () => {
  const [fault] = judgeFalSettings(settings({ endpoint: 'fal-ai/other', pbr: true }));
  expect(fault?.path).toBe('settings.endpoint');
  for (const id of ids) expect(fault?.message).toContain(id);
});

it.each(ids)('%s takes what every endpoint takes', (id) => {
  expect(pathsOf({ endpoint: id, face_limit: 1_000, quality_gate: true })).toEqual([]);
});

it.each<[string, Record<string, unknown>, string[]]>([
  [tripo, { texture: 'HD', pbr: true, seed: 1 }, []],
  [tripo, { texture: 'no', pbr: false }, []],
  [tripo, { texture: 'no', pbr: true }, ['settings.pbr']],
  [
    tripo,
    {
      extra: { texture_seed: 1, orientation: 'align_image', auto_size: true, texture_alignment: 'geometry' },
    },
    [],
  ],
  [tripo, { extra: { quad: true } }, ['settings.extra.quad']],
  [
    tripo,
    { extra: { image_url: 'https://x', face_limit: 1, nonsense: 1 } },
    ['settings.extra.image_url', 'settings.extra.face_limit', 'settings.extra.nonsense'],
  ],
  [
    tripo,
    { extra: { orientation: 'sideways', auto_size: 'yes', texture_seed: -1 } },
    ['settings.extra.orientation', 'settings.extra.auto_size', 'settings.extra.texture_seed'],
  ],
  [tripo, { extra: { toString: 1 } }, ['settings.extra.toString']],
  [trellis, { texture: 'HD', seed: 1, extra: { mesh_simplify: 0.95, ss_sampling_steps: 12 } }, []],
  [trellis, { pbr: false }, ['settings.pbr']],
  [trellis, { texture: 'no' }, ['settings.texture']],
  [
    trellis,
    { extra: { mesh_simplify: 2, slat_sampling_steps: 1.5 } },
    ['settings.extra.mesh_simplify', 'settings.extra.slat_sampling_steps'],
  ],
  [hunyuan, { texture: 'HD' }, ['settings.texture']],
  [hunyuan21, { texture: 'standard', seed: 1, extra: { octree_resolution: 256 } }, []],
  [hunyuan21, { pbr: true }, ['settings.pbr']],
  [meshy, { texture: 'standard', pbr: true, extra: { symmetry_mode: 'on' } }, []],
  [meshy, { texture: 'no', pbr: true }, ['settings.pbr']],
  [meshy, { seed: 1, extra: { topology: 'quad' } }, ['settings.seed', 'settings.extra.topology']],
  [triposr, { seed: 1, texture: 'HD', pbr: true }, ['settings.texture', 'settings.pbr', 'settings.seed']],
  [triposr, { extra: { mc_resolution: 256, output_format: 'obj' } }, ['settings.extra.output_format']],
])('%s with %j: %j', (id, given, paths) => {
  expect(pathsOf({ endpoint: id, ...given }).sort()).toEqual([...paths].sort());
});

it('says why quads are refused', () => {
  const [fault] = judgeFalSettings(settings({ extra: { quad: true } }));
  expect(fault?.message).toContain('FBX');
});

const url = 'https://v3.fal.media/a.jpg';
it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  [tripo, { face_limit: 1_000, seed: 7 }, { image_url: url, face_limit: 1_000, seed: 7 }],
  [tripo, { texture: 'no' }, { image_url: url, face_limit: 50_000, texture: 'no', pbr: false }],
  [
    tripo,
    { texture: 'HD', pbr: true, extra: { auto_size: true } },
    { image_url: url, face_limit: 50_000, texture: 'HD', pbr: true, auto_size: true },
  ],
  [trellis, { texture: 'HD', seed: 3 }, { image_url: url, texture_size: '2048', seed: 3 }],
  [trellis, { extra: { mesh_simplify: 0.9 } }, { image_url: url, mesh_simplify: 0.9 }],
  [hunyuan, {}, { input_image_url: url, textured_mesh: false }],
  [hunyuan21, { texture: 'standard', seed: 0 }, { input_image_url: url, textured_mesh: true, seed: 0 }],
  [
    meshy,
    { face_limit: 500_000, pbr: true },
    { image_url: url, target_polycount: 300_000, enable_pbr: true },
  ],
  [
    meshy,
    { face_limit: 48, texture: 'no' },
    { image_url: url, target_polycount: 100, should_texture: false },
  ],
  [triposr, {}, { image_url: url, output_format: 'glb' }],
])('%s is sent %j as %j', (id, given, input) => {
  expect(endpoint(id).input(settings(given), url)).toEqual(input);
});

it.each<[string, Record<string, unknown>, number]>([
  [tripo, {}, 300_000],
  [tripo, { texture: 'no' }, 200_000],
  [tripo, { texture: 'standard' }, 300_000],
  [tripo, { texture: 'HD' }, 400_000],
  [trellis, { texture: 'HD' }, 20_000],
  [hunyuan, {}, 160_000],
  [hunyuan, { texture: 'standard' }, 480_000],
])('%s with %j costs %d millionths', (id, given, micro) => {
  expect(endpoint(id).priceMicro(settings(given))).toBe(micro);
});

it.each(falEndpoints)('$id costs whole millionths, more than none, and says how long it takes', (entry) => {
  const price = entry.priceMicro(settings({}));
  expect(Number.isInteger(price) && price > 0).toBe(true);
  expect(entry.usualSeconds[0]).toBeLessThan(entry.usualSeconds[1]);
});
