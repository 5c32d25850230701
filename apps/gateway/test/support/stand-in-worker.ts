import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { connectProgress, type Conclusion, type Progress } from '@image2model/progress';
import { createLogger } from '@image2model/service-kit';
import { openStorage, storageKeys, type Storage } from '@image2model/storage';
import type { System } from '@image2model/testing';

/** Moves files through their states as worker and orchestrator would, at the pace of the spec. */
export interface StandInWorker {
  start(batchId: string, idx: number): Promise<string>;
  progress(batchId: string, idx: number, percent: number): Promise<void>;
  /** @returns the model's checksum */
  complete(batchId: string, idx: number, glb?: Buffer): Promise<string>;
  fail(batchId: string, idx: number): Promise<void>;
  /** The batch's completion counts as relayed. */
  announce(batchId: string): Promise<void>;
  readonly storage: Storage;
  readonly redis: Progress;
  close(): Promise<void>;
}

/** @param storageUrl where the system keeps its objects, when it is not its own directory */
export async function createStandInWorker(
  system: System,
  storageUrl = pathToFileURL(system.storageDir).href,
): Promise<StandInWorker> {
  const logger = createLogger({ service: 'test', instance: 'stand-in', level: 'error' });
  const redis = await connectProgress({ url: system.redisUrl, logger });
  const storage = await openStorage(storageUrl);
  const tokens = new Map<string, string>();

  const start = async (batchId: string, idx: number): Promise<string> => {
    const messageId = `f:${batchId}:${idx}:0`;
    const reply = await redis.attempts.claim(batchId, {
      idx,
      messageId,
      gen: 0,
      redelivered: false,
      worker: 'stand-in',
    });
    if (reply.status !== 'ok') throw new Error(`claim: ${reply.status}`);
    tokens.set(`${batchId}/${idx}`, reply.token);
    return reply.token;
  };
  const end = async (batchId: string, idx: number, conclusion: Conclusion): Promise<void> => {
    const token = tokens.get(`${batchId}/${idx}`) ?? (await start(batchId, idx));
    await redis.attempts.conclude(batchId, { idx, token }, conclusion);
    await redis.settlements.finish(batchId, [idx]);
  };
  return {
    storage,
    redis,
    start,
    progress: (batchId, idx, percent) =>
      redis.attempts.writeProgress(batchId, [{ idx, percent, stage: 'mesh' }]),
    complete: async (batchId, idx, glb = Buffer.from(`glTF of ${idx}`)) => {
      const sha256 = createHash('sha256').update(glb).digest('hex');
      const key = storageKeys.model(batchId, idx, sha256);
      await storage.write(key, glb);
      const model = { key, bytes: glb.length, sha256, faces: 48, vertices: 26 };
      const sidecar = { batch_id: batchId, idx, provider: 'embedded', ...model };
      await storage.write(storageKeys.sidecar(batchId, idx), Buffer.from(JSON.stringify(sidecar)));
      await end(batchId, idx, { outcome: 'completed', model });
      return sha256;
    },
    fail: (batchId, idx) =>
      end(batchId, idx, {
        outcome: 'failed',
        error: { kind: 'input', code: 'input.truncated', message: 'cut off', retryable: false },
      }),
    announce: async (batchId) => {
      for (const { eventId } of await redis.settlements.outbox(batchId))
        await redis.settlements.ackOutbox(batchId, eventId);
    },
    close: () => redis.close(),
  };
}
