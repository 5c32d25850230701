import { connectBroker } from '@image2model/broker';
import { createMetrics } from '@image2model/service-kit';
import { createBatchContexts } from '../../src/adapters/batch-contexts.js';
import { HeldClaims } from '../../src/adapters/held-claims.js';
import { ProgressWriter } from '../../src/adapters/progress-writer.js';
import { createSettlePublisher } from '../../src/adapters/settle-publisher.js';
import { LaneGate } from '../../src/domain/lane-gate.js';
import type { Provider } from '../../src/domain/provider.js';
import { generateModel } from '../../src/handlers/generate-model.js';
import { AttemptEnder } from '../../src/handlers/end-attempt.js';
import { AttemptRunner } from '../../src/handlers/run-attempt.js';
import type { Bench } from './bench.js';

/** What main.ts wires, around a provider of the spec and for the normal lane alone. */
export async function startInProcessWorker(
  bench: Bench,
  provider: Provider,
  { amqpUrl = bench.amqpUrl, instance = 'in-process' } = {},
): Promise<{ close(): Promise<void> }> {
  const { progress, logger } = bench;
  const limits = { softS: 60, hardS: 60 };
  const held = new HeldClaims(progress, { leaseMs: 30_000, limits, logger });
  const progressWriter = new ProgressWriter(progress, logger);
  const broker = await connectBroker({ url: amqpUrl, service: instance, logger, drainMs: 2_000 });
  const settle = createSettlePublisher(broker);
  const metrics = createMetrics({ service: 'model-worker', version: '0', processMetrics: false });
  const ender = new AttemptEnder({ broker, progress, settle, logger, metrics });
  const runner = new AttemptRunner({
    ...{ held, progressWriter, ender, limits, logger },
    providers: new Map([[provider.name, provider]]),
  });
  const slots = new LaneGate(provider.slots);
  const gate = (name: string): LaneGate | undefined => (name === provider.name ? slots : undefined);
  const contexts = createBatchContexts(progress);
  const deps = {
    ...{ broker, progress, instance, contexts, gate, settle, runner, ender },
    ...{ prefetch: 16, prefetchMost: 16, restMost: 0, paid: () => undefined },
  };
  await broker.consume([generateModel('normal', deps)]);
  return {
    close: async () => {
      await broker.close();
      await Promise.all([held.close(), progressWriter.close()]);
    },
  };
}
