import type { Broker } from '@image2model/broker';
import type { FactFeed, Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import type { Storage } from '@image2model/storage';
import type { Places } from '../domain/places.js';
import type { Route } from '../domain/route.js';
import { auditBatch } from './audit-batch.js';
import { cancelBatch } from './cancel-batch.js';
import { createBatch, type CreatingParts } from './create-batch.js';
import { deadLetterRoutesOf } from './dead-letter-routes.js';
import { deleteBatch } from './delete-batch.js';
import { downloadModel } from './download-model.js';
import { downloadResults, type ResultsParts } from './download-results.js';
import { downloadThumbnail, type ThumbnailParts } from './download-thumbnail.js';
import { getBatch } from './get-batch.js';
import { getFile } from './get-file.js';
import { getManifest } from './get-manifest.js';
import { listBatches } from './list-batches.js';
import { listDeliveries } from './list-deliveries.js';
import { listFiles } from './list-files.js';
import { opsRoutesOf, type OpsParts } from './ops-routes.js';
import { patchBatch } from './patch-batch.js';
import { pauseBatch } from './pause-batch.js';
import type { ProgressPolls } from './poll-progress.js';
import type { Governors } from './read-governors.js';
import { quoteBatch, type QuotingParts } from './quote-batch.js';
import { redeliver } from './redeliver.js';
import { resumeBatch } from './resume-batch.js';
import { retryBatch } from './retry-batch.js';
import { showWebhookSecret, type WebhookSecretParts } from './show-webhook-secret.js';
import { streamEvents } from './stream-events.js';
import type { StreamLimits } from './stream-limits.js';
import { testAlert } from './test-alert.js';

interface Parts
  extends
    Omit<CreatingParts, 'batches' | 'broker' | 'lanes' | 'storage' | 'opsEvents'>,
    Omit<OpsParts, 'broker' | 'fleet'> {
  batches: Progress['batches'];
  controls: Progress['controls'];
  edits: Progress['edits'];
  lanes: Progress['lanes'];
  ledger: Progress['ledger'];
  retries: Progress['retries'];
  governors: Governors;
  spend: Progress['spend'];
  fleet: QuotingParts['fleet'] & OpsParts['fleet'];
  noopMs: number;
  audits: Progress['audits'];
  deletions: Progress['deletions'];
  deliveries: Progress['deliveries'];
  webhooks: WebhookSecretParts['webhooks'];
  broker: Broker;
  storage: Storage;
  logger: Logger;
  feed: FactFeed;
  polls: ProgressPolls;
  streams: StreamLimits;
  makeThumbnail: ThumbnailParts['makeThumbnail'];
  pack: ResultsParts['pack'];
  downloads: 'stream' | 'presigned';
  zipRoom: Places;
  auditRoom: Places;
}

/** Every route of the API; what is not here answers 404. */
export const routesOf = (parts: Parts): Route[] => [
  createBatch(parts),
  quoteBatch(parts),
  listBatches(parts),
  getBatch(parts),
  listFiles(parts),
  getFile(parts),
  downloadModel(parts),
  downloadThumbnail(parts),
  getManifest(parts),
  downloadResults(parts),
  auditBatch(parts),
  streamEvents({ ...parts, limits: parts.streams }),
  patchBatch(parts),
  pauseBatch(parts),
  resumeBatch(parts),
  retryBatch(parts),
  cancelBatch(parts),
  deleteBatch(parts),
  listDeliveries(parts),
  redeliver(parts),
  showWebhookSecret(parts),
  ...opsRoutesOf(parts),
  ...deadLetterRoutesOf(parts),
  testAlert(parts),
];
