import type { Broker } from '@image2model/broker';
import { batchSubmitted, Failure, packUrls } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { currentTraceparent, inSpan, type Logger } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';
import { unavailable } from '../domain/http-problem.js';
import { newBatch, stagedFile, storedManifest, type IncomingBatch } from '../domain/new-batch.js';

export interface AcceptingParts {
  batches: Pick<Progress['batches'], 'stage' | 'activate' | 'get'>;
  lanes: Pick<Progress['lanes'], 'nudge'>;
  broker: Pick<Broker, 'publish'>;
  storage: Pick<Storage, 'write'>;
  opsEvents: Pick<Progress['opsEvents'], 'add'>;
  logger: Logger;
}

/**
 * The promise of a 202, in the order that a crash cannot break: uploads are durable already, then the manifest is and
 * Redis knows the batch, then it is open to the workers. Throws when nothing was promised; the caller undoes the rest.
 * @param prepare the last step before the batch is open
 */
export function acceptBatch(
  parts: AcceptingParts,
  batch: IncomingBatch,
  prepare: () => Promise<void>,
): Promise<void> {
  const { id, total, request } = batch;
  const attributes = {
    'image2model.batch_id': id,
    'image2model.files': total,
    'image2model.lane': request.priority,
    'image2model.provider': request.provider,
  };
  return inSpan({ name: 'batch.accept', attributes }, () => accept(parts, batch, prepare));
}

async function accept(
  parts: AcceptingParts,
  batch: IncomingBatch,
  prepare: () => Promise<void>,
): Promise<void> {
  const { batches, storage } = parts;
  const { id, tenant, files } = batch;
  const manifest = Buffer.from(JSON.stringify(storedManifest(batch)));
  const urls = files.flatMap(({ url }) => url ?? []);
  const kept = await Promise.allSettled([
    urls.length === 0 ? null : storage.write(storageKeys.urls(id), packUrls(urls), { ifAbsent: true }),
    storage.write(storageKeys.manifest(id), manifest, { ifAbsent: true }),
    batches.stage({ ...newBatch(batch), traceparent: currentTraceparent() }, files.map(stagedFile)),
  ]);
  const failed = kept.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  await prepare();
  await activate(batches, tenant, id);
  announce(parts, batch);
}

/** The message would share the broker's disk with the first files of its batch, and must not hold them up. */
const announceAfterMs = 100;

/**
 * Makes it fast, no more: the nudge is there at once, the message also when no dispatcher listened, and the reconciler
 * finds a running batch that nobody announced. So the answer waits for neither.
 */
function announce({ lanes, broker, opsEvents, logger }: AcceptingParts, batch: IncomingBatch): void {
  const { id, tenant, total, request } = batch;
  const details = { batch_id: id, tenant, files: total, lane: request.priority, provider: request.provider };
  const files = total === 1 ? '1 file' : `${total} files`;
  void opsEvents.add('batch.accepted', { by: null, message: `batch of ${files} accepted`, details });
  const message = {
    id: `batch.submitted:${id}`,
    batchId: id,
    tenant,
    payload: { lane: request.priority, total },
  };
  const unsaid = (error: unknown): void =>
    logger.warn('a batch is accepted but not announced; the reconciler will find it', { batchId: id, error });
  lanes.nudge(request.priority, id).catch(unsaid);
  setTimeout(() => void broker.publish(batchSubmitted, message).catch(unsaid), announceAfterMs);
}

/** An answer of Redis may get lost after the work was done: what counts is what Redis holds. */
async function activate(batches: AcceptingParts['batches'], tenant: string, id: string): Promise<void> {
  try {
    const state = await batches.activate(id);
    // it took too long: somebody tidied it away, or another request took its key over
    if (state === 'missing' || state === 'staging')
      throw unavailable('The batch was not accepted in time.', 1);
  } catch (error) {
    // it is active, and only on a server that may be gone in a moment: not accepted, so it is taken back
    if (Failure.from(error).code === 'dependency.redis_replicas') throw error;
    if ((await batches.get(tenant, id).catch(() => null)) === null) throw error;
  }
}
