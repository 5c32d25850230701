import { closingAfterAll } from '../closing-after-all.js';
import { modelOf, startCaller, trellis, type Caller } from '../../test/fal/caller.js';
import type { FaultName } from './faults.js';

jest.setTimeout(20_000);
const closing = closingAfterAll();

interface Gltf {
  accessors: { count: number; type: string; min?: number[]; max?: number[] }[];
  asset: { extras: { request_id: string } };
  images?: { mimeType: string }[];
}

const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());
function gltfOf(glb: Buffer): Gltf {
  expect(glb.toString('latin1', 0, 4)).toBe('glTF');
  expect(glb.readUInt32LE(8)).toBe(glb.length);
  return JSON.parse(glb.subarray(20, 20 + glb.readUInt32LE(12)).toString()) as Gltf;
}
const facesOf = ({ accessors }: Gltf): number => (accessors[0]?.count ?? 0) / 3;
const withFault = async (fault: FaultName): Promise<Caller> =>
  closing(await startCaller({ faults: [{ fault, bytes: 100_000 }] }));

describe('the models', () => {
  it('are textured GLBs of their own, within the face limit', async () => {
    const caller = closing(await startCaller({ faces: 3_000 }));
    const [one, two] = [
      await modelOf(caller, 'pbr_model', { input: { face_limit: 500 } }),
      await modelOf(caller, 'pbr_model', { input: { face_limit: 500_000 } }),
    ];
    const [first, second] = [await bytesOf(one.response), await bytesOf(two.response)];
    expect(one.file_size).toBe(first.length);
    expect(facesOf(gltfOf(first))).toBeLessThanOrEqual(500);
    expect(facesOf(gltfOf(first))).toBeGreaterThan(400);
    expect(facesOf(gltfOf(second))).toBeGreaterThan(2_700);
    expect(gltfOf(first).images).toEqual([{ bufferView: 4, mimeType: 'image/jpeg' }]);
    expect(gltfOf(first).asset.extras.request_id).not.toBe(gltfOf(second).asset.extras.request_id);
    expect(await bytesOf(await caller.download(one.url))).toEqual(first);
  });

  it('have the bounds that their corners have', async () => {
    const caller = closing(await startCaller());
    const glb = await bytesOf((await modelOf(caller, 'model_mesh', { endpoint: trellis })).response);
    const { accessors } = gltfOf(glb);
    const corners = new Float32Array(accessors[1]?.count ?? 0).length;
    const indicesBytes = (accessors[0]?.count ?? 0) * 4;
    const start = 28 + glb.readUInt32LE(12) + indicesBytes;
    const xs = Array.from({ length: corners }, (_, at) => glb.readFloatLE(start + 12 * at));
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([accessors[1]?.min?.[0], accessors[1]?.max?.[0]]);
  });

  it('have each endpoint’s own shape', async () => {
    const caller = closing(await startCaller());
    const keysOf = async (endpoint: string, input: object = {}): Promise<string[]> => {
      const { request_id, response_url } = await caller.submitted({
        endpoint,
        input: { ...input, input_image_url: 'https://example.com/a.jpg' },
      });
      await caller.completed(request_id);
      return Object.keys((await caller.ask('GET', response_url)).body as object);
    };
    const tripo = 'tripo3d/tripo/v2.5/image-to-3d';
    expect(await keysOf(tripo)).toEqual(['task_id', 'pbr_model', 'rendered_image']);
    expect(await keysOf(tripo, { pbr: false, texture: 'HD' })).toContain('model_mesh');
    expect(await keysOf(tripo, { pbr: false, texture: 'no' })).toContain('base_model');
    expect(await keysOf('fal-ai/hunyuan3d/v2')).toEqual(['model_mesh', 'seed']);
    expect(await keysOf('fal-ai/hunyuan3d-v21')).toEqual(['model_glb', 'model_mesh', 'seed']);
    expect(await keysOf('fal-ai/meshy/v6/image-to-3d')).toContain('model_urls');
    expect(await keysOf('fal-ai/triposr')).toEqual(['model_mesh', 'timings']);
  });

  it('are there only when the job is over', async () => {
    const caller = closing(await startCaller({ concurrency: 0 }));
    const { request_id } = await caller.submitted();
    const at = `https://v3.fal.media/files/models/${request_id}/model.glb`;
    expect((await caller.download(at)).status).toBe(404);
    caller.fal.control({ concurrency: 1 });
    await caller.completed(request_id);
    expect((await caller.download(at)).status).toBe(200);
    expect((await caller.download(at.replace('.glb', '.fbx'))).status).toBe(404);
  });
});

describe('bad models', () => {
  it.each([
    ['not_glb', '<htm'],
    ['zip', 'PK'],
  ] as const)('%s: other bytes', async (fault, start) => {
    const { response } = await modelOf(await withFault(fault), 'pbr_model');
    expect((await bytesOf(response)).toString('latin1')).toMatch(start);
  });

  it('no_texture, many_faces, too_large', async () => {
    const plain = await modelOf(await withFault('no_texture'), 'pbr_model');
    expect(gltfOf(await bytesOf(plain.response))).not.toHaveProperty('images');
    const many = await modelOf(await withFault('many_faces'), 'pbr_model', { input: { face_limit: 1_000 } });
    expect(facesOf(gltfOf(await bytesOf(many.response)))).toBeGreaterThan(1_500);
    const large = await modelOf(await withFault('too_large'), 'pbr_model');
    expect([large.file_size, (await bytesOf(large.response)).length]).toEqual([100_000, 100_000]);
  });

  it('redirect: one hop to the file; foreign_host: not a host of fal', async () => {
    const caller = await withFault('redirect');
    const { response } = await modelOf(caller, 'pbr_model');
    expect(response.status).toBe(302);
    const moved = await caller.download(response.headers.get('location') ?? '');
    expect(gltfOf(await bytesOf(moved)).images).toHaveLength(1);

    const other = await withFault('foreign_host');
    const job = await other.submitted();
    await other.completed(job.request_id);
    expect(JSON.stringify((await other.ask('GET', job.response_url)).body)).toContain(
      'https://models.example.com/',
    );
  });

  it('download_error, half_download, slow_download', async () => {
    const caller = closing(await startCaller());
    const { url } = await modelOf(caller, 'pbr_model');
    caller.fal.control({ faults: [{ fault: 'download_error', times: 1 }] });
    expect([(await caller.download(url)).status, (await caller.download(url)).status]).toEqual([503, 200]);
    caller.fal.control({ faults: [{ fault: 'half_download' }] });
    await expect(caller.download(url).then(bytesOf)).rejects.toThrow();
    caller.fal.control({ faults: [{ fault: 'slow_download', delayMs: 120 }] });
    const before = performance.now();
    await caller.download(url);
    expect(performance.now() - before).toBeGreaterThan(100);
  });
});
