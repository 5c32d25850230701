import { buffer } from 'node:stream/consumers';
import { Failure } from '@image2model/contracts';
import { ImageError, ThreadDied, type ThreadPool } from '@image2model/embedded';
import { failpoint } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';
import { z } from 'zod';
import type { GenerationRequest, Provider } from '../domain/provider.js';
import { storeModel } from './store-model.js';
import { stored } from './stored.js';

const settingsSchema = z.object({
  face_limit: z.int().default(50_000),
  texture: z.enum(['no', 'standard', 'HD']).default('standard'),
});

/** The generator inside the project: works offline, costs nothing, makes an inflated relief of the photo. */
export const createEmbeddedProvider = (pool: ThreadPool, storage: Storage, slots: number): Provider => ({
  name: 'embedded',
  slots,
  async generate({ batchId, idx, settings, signal, onProgress }) {
    const { face_limit: faceLimit, texture } = settingsSchema.parse(settings);
    const image = await stored(async () => buffer(await storage.read(storageKeys.source(batchId, idx))));
    failpoint('worker.09.source-read');
    const made = await runInPool(pool, image, { faceLimit, texture }, { signal, onProgress });
    onProgress('storing', 98);
    failpoint('worker.10.model-made');
    const { glb, faces, vertices } = made;
    return storeModel(storage, { batchId, idx, glb, faces, vertices, origin: { provider: 'embedded' } });
  },
});

/** The pool's errors, in the words of the failure table. */
async function runInPool(
  pool: ThreadPool,
  image: Uint8Array,
  options: { faceLimit: number; texture: 'no' | 'standard' | 'HD' },
  run: Pick<GenerationRequest, 'signal' | 'onProgress'>,
): Promise<Awaited<ReturnType<ThreadPool['run']>>> {
  try {
    return await pool.run(image, options, run);
  } catch (error) {
    if (error instanceof ImageError)
      throw new Failure('input', error.message, { code: error.code, cause: error });
    if (error instanceof ThreadDied) throw new Failure('crash', error.message, { cause: error });
    throw error;
  }
}
