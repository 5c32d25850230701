import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { ModelResult } from '@image2model/progress';
import { failpoint } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';
import type { MadeModel, ModelStore } from '../domain/model-store.js';
import { stored } from './stored.js';

/** Keeps a model under a name that holds its checksum, then its sidecar, each durable before the next step. */
export async function storeModel(
  storage: Pick<Storage, 'write'>,
  { batchId, idx, glb, faces, vertices, origin }: MadeModel,
): Promise<ModelResult> {
  const sha256 = createHash('sha256').update(glb).digest('hex');
  const key = storageKeys.model(batchId, idx, sha256);
  const { bytes } = await stored(() => storage.write(key, glb));
  failpoint('worker.11.model-stored');
  const model: ModelResult = { key, bytes, sha256, faces, vertices };
  const sidecar = Buffer.from(JSON.stringify({ batch_id: batchId, idx, ...origin, ...model }));
  await stored(() => storage.write(storageKeys.sidecar(batchId, idx), sidecar));
  failpoint('worker.12.sidecar-stored');
  return model;
}

export const createModelStore = (storage: Pick<Storage, 'read' | 'write'>): ModelStore => ({
  readSource: (batchId, idx) =>
    stored(async () => buffer(await storage.read(storageKeys.source(batchId, idx)))),
  keep: (made) => storeModel(storage, made),
  keepRejected: async (batchId, idx, glb) => {
    const sha256 = createHash('sha256').update(glb).digest('hex');
    await stored(() => storage.write(storageKeys.rejected(batchId, idx, sha256), glb));
  },
});
