import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { newBatchId } from '@image2model/contracts';
import { connectProgress, type Progress } from '@image2model/progress';
import { createLogger } from '@image2model/service-kit';
import { openStorage } from '@image2model/storage';
import { createRedisDatabase } from '@image2model/testing';
import { batchFromJson } from '../../src/domain/batch-request.js';
import type { ApiReply, ApiRequest } from '../../src/domain/route.js';
import { repeatedReply, takeTurn, type KeepingParts } from '../../src/handlers/keep-idempotency.js';
import { promiseBatch, type PromisingParts } from '../../src/handlers/promise-batch.js';
import { createUndo } from '../../src/handlers/undo-acceptance.js';

/** The creation of batches in this process, so that a step of it can break off where a spec wants it to. */
export interface Creating {
  readonly progress: Progress;
  /** The same request each time but for its key. @param over parts that behave otherwise this time */
  create(key: string | undefined, over?: Partial<PromisingParts>): Promise<ApiReply>;
  close(): Promise<void>;
}

/** @param idempotencyLeaseMs below 0: each request counts as dead as soon as another one comes */
export async function startCreating(idempotencyLeaseMs: number): Promise<Creating> {
  const database = await createRedisDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'creating-'));
  const logger = createLogger({ service: 'gateway', instance: 'test', level: 'error' });
  const progress = await connectProgress({ url: database.url, logger, idempotencyLeaseMs });
  const storage = await openStorage(pathToFileURL(directory).href);
  const { batches, lanes, idempotency, opsEvents } = progress;
  const undo = createUndo({ batches, storage, logger });
  const parts: KeepingParts & PromisingParts = {
    ...{ batches, lanes, idempotency, opsEvents, storage, logger, undo },
    // the announcement is a hint; nobody listens here
    broker: { publish: async () => undefined },
  };
  return {
    progress,
    create: (key, over = {}) => create({ ...parts, ...over }, key),
    close: async () => {
      await undo.close();
      await progress.close();
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** As the route does it once the body has arrived. */
async function create(parts: KeepingParts & PromisingParts, key: string | undefined): Promise<ApiReply> {
  const id = newBatchId();
  const turn = await takeTurn(parts, requestWith(key), id);
  if ('answer' in turn) return repeatedReply(turn, 'hash');
  const request = batchFromJson({ provider: 'noop', count: 2 }, rules);
  const batch = { id, tenant: 't', request, total: 2, files: [], createdAtMs: Date.now() };
  try {
    return await promiseBatch(parts, { batch, bodyHash: 'hash' }, turn);
  } finally {
    turn.stop();
  }
}
const rules = {
  byDefault: 'noop',
  noop: true,
  fal: false,
  sourceHosts: [],
  webhooks: { signed: true, allow: [] },
} as const;

const unread = (): never => {
  throw new Error('the body has arrived');
};
const requestWith = (key: string | undefined): ApiRequest => ({
  caller: { tenant: 't', keyId: 'k', ops: true },
  method: 'POST',
  params: {},
  query: {},
  body: { kind: 'json', bytes: null, json: unread, raw: unread, form: unread },
  header: (name) => (name === 'Idempotency-Key' ? key : undefined),
  note: () => undefined,
});
