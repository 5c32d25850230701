export { failureKinds, isFailureKind, type FailureKind } from './failures/failure-kinds.js';
export { Failure } from './failures/failure.js';
export { generationRungs, nextStep, rungAtLeast, rungs, type NextStep, type Rung, type RungName } from './failures/retry-policy.js';
export { laneSchema, lanes, laneWeights, type Lane } from './lanes.js';
export { batchIdSchema, completionId, generateMessageId, newBatchId } from './ids.js';
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
export { alertSend, severities, type Severity } from './messages/alert-send.js';
export { batchCancelRequested } from './messages/batch-cancel-requested.js';
export { batchCompleted, terminalStatuses } from './messages/batch-completed.js';
export { batchSubmitted } from './messages/batch-submitted.js';
export { fileSettled, filesPerSettleMessage } from './messages/file-settled.js';
export { maintenanceJobs, maintenanceRun, type MaintenanceJob } from './messages/maintenance-run.js';
export { messageDeadLettered } from './messages/message-dead-lettered.js';
export { modelGenerate } from './messages/model-generate.js';
export { messageCatalog } from './messages/catalog.js';
export {
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
