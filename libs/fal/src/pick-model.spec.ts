import { falEndpointOf } from './endpoints/fal-endpoints.js';
import { pickModel } from './pick-model.js';

const at = (endpoint: string, result: unknown): ReturnType<typeof pickModel> => {
  const entry = falEndpointOf({ endpoint });
  if (entry === undefined) throw new Error(endpoint);
  return pickModel(entry, result);
};
const tripo = 'tripo3d/tripo/v2.5/image-to-3d';
const file = (name: string, more: object = {}): object => ({
  url: `https://v3.fal.media/files/${name}`,
  ...more,
});
const url = (name: string): string => `https://v3.fal.media/files/${name}`;

it.each<[string, object, string]>([
  [tripo, { base_model: file('b.glb'), model_mesh: file('m.glb'), pbr_model: file('p.glb') }, 'p.glb'],
  [tripo, { base_model: file('b.glb'), model_mesh: file('m.glb'), pbr_model: null }, 'm.glb'],
  [tripo, { base_model: file('b.glb'), rendered_image: file('r.webp'), task_id: 't' }, 'b.glb'],
  [tripo, { pbr_model: file('p.fbx'), model_mesh: file('m.glb') }, 'm.glb'],
  [tripo, { pbr_model: file('p', { content_type: 'application/octet-stream' }) }, 'p'],
  [tripo, { pbr_model: file('p.glb?sig=1', { content_type: 'application/zip' }) }, 'p.glb?sig=1'],
  ['fal-ai/trellis', { model_mesh: file('m.glb'), timings: {} }, 'm.glb'],
  ['fal-ai/hunyuan3d-v21', { model_mesh: file('m.zip'), model_glb: file('g.glb') }, 'g.glb'],
  ['fal-ai/hunyuan3d-v21', { model_glb_pbr: file('p.glb'), model_glb: file('g.glb') }, 'p.glb'],
  ['fal-ai/meshy/v6/image-to-3d', { model_urls: { glb: file('u.glb'), fbx: file('u.fbx') } }, 'u.glb'],
])('%s %j gives %s', (endpoint, result, name) => {
  expect(at(endpoint, result).url).toBe(url(name));
});

it('tells the size when the provider does', () => {
  expect(at(tripo, { model_mesh: file('m.glb', { file_size: 12 }) }).bytes).toBe(12);
  expect(at(tripo, { model_mesh: file('m.glb', { file_size: null }) }).bytes).toBeNull();
});

it.each<[unknown, string]>([
  [{ model_mesh: file('m.fbx') }, 'quality.format'],
  [{ model_mesh: file('m', { file_name: 'm.ZIP' }) }, 'quality.format'],
  [{ model_mesh: file('m', { content_type: 'application/zip' }) }, 'quality.format'],
  [{ rendered_image: file('r.webp') }, 'quality.no_model'],
  [{ model_mesh: { url: 'no url' } }, 'quality.no_model'],
  [{ model_mesh: 'https://v3.fal.media/m.glb' }, 'quality.no_model'],
  [{}, 'quality.no_model'],
  [[], 'quality.no_model'],
  [null, 'quality.no_model'],
])('%j is refused as %s', (result, code) => {
  expect(() => at(tripo, result)).toThrow(expect.objectContaining({ kind: 'quality', code }));
});

it("repeats the provider's reason", () => {
  expect(() => at(tripo, { status: 'failed', error: 'the image is empty' })).toThrow(/the image is empty/);
});
