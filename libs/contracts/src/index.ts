export { failureKinds, type FailureKind } from './failures/failure-kinds.js';
export { Failure } from './failures/failure.js';
export {
  generationRungs,
  nextStep,
  rungAtLeast,
  rungs,
  type NextStep,
  type Rung,
  type RungName,
} from './failures/retry-policy.js';
export { laneSchema, lanes, laneWeights, type Lane } from './lanes.js';
export {
  batchIdSchema,
  fileOfIntent,
  generateMessageId,
  intentIdSchema,
  newBatchId,
  newIntentId,
} from './ids.js';
export { batchOfDelivery, completionDeliveryId, deliveryIdSchema, fileDeliveryId } from './delivery-ids.js';
export { webhookMasterSchema, webhookSecret } from './webhook-secret.js';
export { microPerUsd, microUsd, usdOf } from './money.js';
export {
  defineMessage,
  envelopeSchema,
  InvalidMessage,
  openEnvelope,
  sealEnvelope,
  type Envelope,
  type EnvelopeInput,
  type MessageType,
  type PayloadOf,
} from './envelope.js';
export {
  alertChannels,
  alertDeliver,
  toldAlertSchema,
  type AlertChannel,
  type ToldAlert,
} from './messages/alert-deliver.js';
export { alertSend, severities, type Severity } from './messages/alert-send.js';
export { batchCancelRequested } from './messages/batch-cancel-requested.js';
export { batchCompleted, terminalStatuses } from './messages/batch-completed.js';
export { batchSubmitted } from './messages/batch-submitted.js';
export { fileSettled, filesPerSettleMessage } from './messages/file-settled.js';
export { generationNotified } from './messages/generation-notified.js';
export { maintenanceEraseBatch } from './messages/maintenance-erase-batch.js';
export { maintenanceJobs, maintenanceRun, type MaintenanceJob } from './messages/maintenance-run.js';
export { deadLetterRedrive } from './messages/dead-letter-redrive.js';
export { messageDeadLettered } from './messages/message-dead-lettered.js';
export { modelGenerate } from './messages/model-generate.js';
export { webhookDeliver } from './messages/webhook-deliver.js';
export { webhookGather } from './messages/webhook-gather.js';
export { messageCatalog } from './messages/catalog.js';
export {
  alertQueues,
  deadQueueName,
  delayQueueName,
  delayRoutingKey,
  exchanges,
  laneOfQueue,
  laneQueues,
  priorities,
  queues,
  services,
  workQueues,
  type ServiceName,
  type WorkQueue,
} from './topology.js';
export { allDeclarations, declarationsOf, type QueueDeclaration } from './declarations.js';
export {
  brokerRightsOf,
  deployRights,
  permissionPattern,
  type BrokerRights,
} from './rights/broker-rights.js';
export { publishedBy } from './rights/publishers.js';
export { auditChecks, auditSchema, type Audit, type AuditCheck, type AuditCheckName } from './http/audit.js';
export { batchSchema, batchStatuses, type Batch, type BatchStatus } from './http/batch.js';
export {
  createBatchFieldsSchema,
  createNoopBatchSchema,
  createUrlBatchSchema,
  paidProviders,
  providers,
  type CreateBatchFields,
  type CreateNoopBatch,
  type CreateUrlBatch,
  type ImageByUrl,
  type ProviderName,
} from './http/create-batch.js';
export {
  patchBatchSchema,
  pauseProviderSchema,
  providerListSchema,
  providerSchema,
  retryBatchSchema,
  retryQuoteSchema,
  type PatchBatch,
  type ProviderList,
  type ProviderView,
  type RetryBatch,
  type RetryQuote,
} from './http/controls.js';
export { eventDataSchemas, eventIdSchema, type EventData, type EventName } from './http/events.js';
export { fileSchema, fileStatuses, type BatchFile, type FileStatus } from './http/file.js';
export {
  bytesPerMegabyte,
  httpLimits,
  imageTypes,
  isImageType,
  pixelsPerMegapixel,
  type ImageType,
} from './http/limits.js';
export { manifestFileSchema, manifestSchema, type ManifestFile, type ManifestHead } from './http/manifest.js';
export {
  batchListSchema,
  fileListSchema,
  listBatchesQuerySchema,
  listFilesQuerySchema,
  type BatchList,
  type FileList,
} from './http/page.js';
export {
  deliveryListSchema,
  deliverySchema,
  deliveryStates,
  listDeliveriesQuerySchema,
  webhookEventDataSchemas,
  webhookEvents,
  webhookSecretSchema,
  type Delivery,
  type DeliveryState,
  type WebhookEvent,
} from './http/deliveries.js';
export { testAlertSchema, testAlertSentSchema, type TestAlertSent } from './http/ops-alerts.js';
export { confirmedSchema, confirmSchema, operatorNoteSchema } from './http/ops-common.js';
export {
  cleanUpSchema,
  healthHistorySchema,
  healthReportViewSchema,
  healthStatusNames,
  listHealthQuerySchema,
  jobAskedSchema,
  opsEventSchema,
  opsEventsQuerySchema,
  opsEventTypes,
  overviewSchema,
  scheduleListSchema,
  scheduleViewSchema,
  type HealthReportView,
  type OpsEvent,
  type OpsEventType,
  type Overview,
  type ScheduleView,
} from './http/ops-overview.js';
export {
  opsLaneListSchema,
  opsLaneSchema,
  opsQueueListSchema,
  opsQueueSchema,
  purgedSchema,
  type OpsLane,
  type OpsQueue,
} from './http/ops-queues.js';
export {
  deadLetterListSchema,
  deadLetterSchema,
  deadLettersTouchedSchema,
  deadLetterStates,
  discardAllQuerySchema,
  listDeadLettersQuerySchema,
  listTasksQuerySchema,
  opsTaskListSchema,
  opsTaskSchema,
  redriveAllSchema,
  redriveSchema,
  type DeadLetterView,
  type RedriveAll,
  type OpsTask,
} from './http/ops-tasks.js';
export {
  activeTaskSchema,
  drainWorkerSchema,
  logLevelSchema,
  logLevelSetSchema,
  logLevels,
  opsWorkerListSchema,
  opsWorkerSchema,
  registeredTaskSchema,
  workerStates,
  type ActiveTask,
  type OpsWorker,
} from './http/ops-workers.js';
export { problemSchema, type Problem } from './http/problem.js';
export { quoteSchema, type Quote } from './http/quote.js';
export { settingsSchema, textures, type Settings } from './http/settings.js';
export { hostAndPort, shownUrl, sourceHostsSchema, sourceUrlFault } from './source-url.js';
export { packUrls, urlPlace, urlRange } from './stored-urls.js';
export { storedManifestSchema, type StoredFile, type StoredManifest } from './http/stored-manifest.js';
