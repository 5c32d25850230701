import { join } from 'node:path';
import type { Broker, Handler } from '@image2model/broker';
import { bytesPerMegabyte, microUsd, pixelsPerMegapixel, type modelGenerate } from '@image2model/contracts';
import { createFalApi, falGovernorName, falLimits } from '@image2model/fal';
import { createModelChecker } from '@image2model/models';
import type { Progress } from '@image2model/progress';
import { createSafeFetch } from '@image2model/safe-fetch';
import { traced, type ServiceContext } from '@image2model/service-kit';
import type { Storage } from '@image2model/storage';
import type { WorkerConfig } from './config.js';
import type { BatchContext } from './domain/batch-context.js';
import type { ClaimKeeper } from './domain/claim-keeper.js';
import { LaneGate } from './domain/lane-gate.js';
import { pollPace, safetyPace } from './domain/poll-pace.js';
import type { ProgressSink } from './domain/progress-sink.js';
import type { Sources } from './domain/sources.js';
import { GenerationWaiter } from './handlers/await-generation.js';
import { PaidEnds } from './handlers/end-generation.js';
import type { FollowingParts } from './handlers/follow-claim.js';
import { PaidFiles } from './handlers/follow-paid-file.js';
import { ProviderTrouble } from './handlers/provider-trouble.js';
import { ModelReceiver } from './handlers/receive-model.js';
import { DoubtResolver } from './handlers/resolve-doubt.js';
import { Submitter } from './handlers/submit-generation.js';
import { takeNotification } from './handlers/take-notification.js';
import { DoubtWatch } from './adapters/doubt-watch.js';
import { GenerationPoller } from './adapters/generation-poller.js';
import { uploadedImages } from './adapters/provider-images.js';
import type { LinkedImages } from './domain/provider-images.js';
import { tidySlots } from './adapters/slot-janitor.js';
import { SlotKeeper } from './adapters/slot-keeper.js';
import { createModelStore } from './adapters/store-model.js';

interface Parts extends FollowingParts {
  /** undefined: images are uploaded to the provider */
  links: LinkedImages | undefined;
  service: ServiceContext<WorkerConfig>;
  key: string;
  broker: Broker;
  progress: Progress;
  storage: Storage;
  sources: Sources;
  held: ClaimKeeper;
  progressWriter: ProgressSink;
  contexts: (batchId: string) => Promise<BatchContext | null>;
}

const checkLimitMs = 60_000;
const checkMemoryMb = 1_024;
/** A slot outlives the hard limit by this, ms: whoever ends the file late gives it back himself. */
const slotSlackMs = 60_000;

/** The path of paid files, put together. */
export async function wireFal(parts: Parts): Promise<{
  files: PaidFiles;
  slots: SlotKeeper;
  notifications: Handler<{ provider: string; intent: string; requestId: string }, typeof modelGenerate>;
}> {
  const { service, key, broker, progress, storage, sources, held, progressWriter, contexts, ender } = parts;
  const { config, logger, metrics, instance, closing } = service;
  const origin = config.FAL_ORIGIN;
  const api = traced(createFalApi({ key, origin }), {
    upload: 'provider.upload',
    submit: 'provider.submit',
    result: 'provider.result',
    cancel: 'provider.cancel',
  });
  const governor = progress.governor(falGovernorName(key), falLimits(config));
  const trouble = new ProviderTrouble({
    ...{ broker, governor, logger, metrics },
    opsEvents: progress.opsEvents,
    instance,
  });
  const limits = { softS: config.SOFT_LIMIT_S, hardS: config.HARD_LIMIT_S };
  const slotMs = limits.hardS * 1_000 + slotSlackMs;
  const url = config.FAL_WEBHOOKS === 'on' ? config.I2M_PUBLIC_URL : undefined;
  const callback = url === undefined ? undefined : { url, key };

  const poller = closing(
    new GenerationPoller({
      ...{ api, governor, instance, logger },
      pace: callback === undefined ? pollPace : safetyPace,
      onLimit: (limit) => metrics.set('provider_limit', {}, limit),
      onRefused: (failure) => void trouble.park(failure),
    }),
    'generation poller',
  );
  await progress.onGeneration((intent) => poller.poke(intent));
  closing(tidySlots({ governor, progress, instance, logger }), 'slot janitor');
  const checker = closing(
    createModelChecker({
      script: join(__dirname, 'model-check-thread.js'),
      threads: config.EMBEDDED_THREADS,
      timeLimitMs: checkLimitMs,
      memoryMb: checkMemoryMb,
    }),
    'model checker',
  );
  const store = createModelStore(storage);
  const places = new LaneGate(config.WORKER_CONCURRENCY);
  const slots = traced(new SlotKeeper({ governor, attempts: progress.attempts, logger }), {
    wait: 'provider.slot',
  });
  const shared = { api, progress, progressWriter, ender, trouble, logger, metrics };
  const submitter = new Submitter({
    ...{ ...shared, governor, store, sources, callback, slotMs },
    images: parts.links ?? uploadedImages(api),
    pixels: config.I2M_MAX_IMAGE_MEGAPIXELS * pixelsPerMegapixel,
    dailyCapMicro: config.I2M_DAILY_CAP_USD === undefined ? null : microUsd(config.I2M_DAILY_CAP_USD),
  });
  const watch = new DoubtWatch({ api, unfinished: () => poller.unfinished() });
  const doubts = new DoubtResolver({
    ...{ api, submitter, ender, trouble, logger, progress, watch },
    graceMs: config.FAL_DOUBT_GRACE_S * 1_000,
    policy: config.FAL_ON_DOUBT,
  });
  const receiver = new ModelReceiver({
    ...{ api, origin, checker, store, progressWriter },
    fetchUrl: createSafeFetch({
      allow: origin === undefined ? [] : [new URL(origin).host],
      perHost: config.WORKER_CONCURRENCY,
      limits: { totalMs: 300_000, redirects: 0 },
    }),
    mostBytes: config.FAL_MAX_MODEL_MB * bytesPerMegabyte,
  });
  const waiter = new GenerationWaiter({ api, poller, progressWriter, limits, logger, metrics });
  const following = {
    waiter: traced(waiter, { wait: 'provider.poll' }),
    receiver: traced(receiver, { receive: 'provider.download' }),
  };
  const ends = new PaidEnds({
    ...shared,
    ...{ slots, places, doubts, ...following },
  });
  const files = new PaidFiles({
    ...{ ...parts, slots, places, submitter, ends, logger, held, progress, broker },
    holdMs: config.DELIVERY_HOLD_S * 1_000,
  });
  const notifications = takeNotification({
    ...{ api, broker, progress, governor, contexts, trouble, slotMs, logger },
  });
  return { files, slots, notifications };
}
