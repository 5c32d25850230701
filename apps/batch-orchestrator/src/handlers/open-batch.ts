import { defineHandler, type Handler } from '@image2model/broker';
import { batchSubmitted, modelGenerate, queues, type Lane } from '@image2model/contracts';
import { failpoint } from '@image2model/service-kit';

/** A new batch: its lane's dispatcher looks at once. The batch is driven by its state, not by this message. */
export const openBatch = (deps: {
  look: (lane: Lane) => Promise<void>;
}): Handler<{ lane: Lane; total: number }, typeof modelGenerate> =>
  defineHandler({
    consumes: batchSubmitted,
    queue: queues.batchSubmitted,
    prefetch: 64,
    emits: [modelGenerate],
    async handle({ payload }) {
      failpoint('orchestrator.01.submitted-taken');
      await deps.look(payload.lane);
      failpoint('orchestrator.02.lane-told');
    },
  });
