import { defineHandler, type Broker, type Handler } from '@image2model/broker';
import {
  fileOfIntent,
  generateMessageId,
  generationNotified,
  modelGenerate,
  queues,
  settingsSchema,
} from '@image2model/contracts';
import { falEndpointOf, type FalApi } from '@image2model/fal';
import type { Governor, Progress } from '@image2model/progress';
import { failpoint, type Logger } from '@image2model/service-kit';
import type { BatchContext } from '../domain/batch-context.js';
import type { ProviderTrouble } from './provider-trouble.js';

interface Deps {
  api: Pick<FalApi, 'handleFor' | 'cancel'>;
  broker: Pick<Broker, 'publish'>;
  progress: Pick<Progress, 'ledger' | 'settlements' | 'tellGeneration'>;
  governor: Pick<Governor, 'bound'>;
  contexts: (batchId: string) => Promise<BatchContext | null>;
  trouble: ProviderTrouble;
  slotMs: number;
  logger: Logger;
}

/** So long until a file that was woken may be woken again, ms. */
const wokenForMs = 60_000;

/**
 * The provider called back. Whose answer was lost is bound now; whoever waits for the generation looks at once, and a
 * parked file is woken. The result itself is always asked from the provider.
 */
export const takeNotification = (
  deps: Deps,
): Handler<{ provider: string; intent: string; requestId: string }, typeof modelGenerate> =>
  defineHandler({
    consumes: generationNotified,
    queue: queues.generationNotified,
    prefetch: 32,
    emits: [modelGenerate],
    async handle({ payload: { intent, requestId } }) {
      const file = fileOfIntent(intent);
      const batch = file === null ? null : await deps.contexts(file.batchId);
      const endpoint = batch === null ? undefined : falEndpointOf(settingsSchema.parse(batch.settings));
      if (file === null || batch === null || endpoint === undefined) {
        deps.logger.warn('a callback about a file that is gone', { intent, requestId });
        return;
      }
      const handle = deps.api.handleFor(endpoint.id, requestId);
      const reply = await deps.progress.ledger.bind(batch.id, file.idx, intent, handle);
      failpoint('worker.44.notified-bound');
      if (reply === 'conflict' || reply === 'stale' || reply === 'unknown') {
        await deps.trouble.extra(intent, requestId);
        await deps.api.cancel(handle, AbortSignal.timeout(10_000)).catch((error: unknown) => {
          deps.logger.warn('a request that nobody waits for could not be cancelled', { intent, error });
        });
        return;
      }
      const owner = { tenant: batch.tenant, batchId: batch.id };
      if (reply === 'ok') await deps.governor.bound(intent, deps.slotMs, owner);
      await wake(deps, batch, file.idx, intent);
    },
  });

async function wake(
  { broker, progress }: Deps,
  batch: BatchContext,
  idx: number,
  intent: string,
): Promise<void> {
  await progress.tellGeneration(intent);
  const reply = await progress.settlements.reissue(batch.id, idx, wokenForMs, true);
  if (reply.do !== 'reissue') return;
  await broker.publish(
    modelGenerate,
    {
      id: generateMessageId(batch.id, idx, reply.gen, reply.copy),
      batchId: batch.id,
      fileIdx: idx,
      tenant: batch.tenant,
      payload: { gen: reply.gen },
    },
    { lane: batch.lane },
  );
}
