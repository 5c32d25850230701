export { keepBeating, type Beating, type BeatingWork } from './keep-beating.js';
export { connectProgress, type Progress } from './connect-progress.js';
export { isRedisDown } from './is-redis-down.js';
export { type AlertOutboxRow, type AlertRecord, type AlertRecords } from './alert-records.js';
export {
  type Attempts,
  type ClaimReply,
  type ClaimRequest,
  type ConcludeStatus,
  type Holding,
  type PaidAttempt,
} from './attempts.js';
export { type Backlog, type BacklogView, type LaneBacklog } from './backlog.js';
export { type BatchAudits, type BatchSnapshot, type EndingFact, type StoredConclusion } from './audit.js';
export {
  mostAppended,
  type AppendReply,
  type BatchControls,
  type HoldReply,
  type SealReply,
} from './batch-controls.js';
export { type BatchChanges, type BatchEdits, type EditReply } from './batch-edits.js';
export { type Batches } from './batches.js';
export { type DeletedOne, type DeleteReply, type Deletions, type Tombstone } from './deletions.js';
export { type Expired, type Expiry, type SweepMarks } from './expiry.js';
export { type IndexEntry } from './expiry-index.js';
export { type ExpiryScan, type ScanStep } from './expiry-scan.js';
export { type FactFeed } from './fact-feed.js';
export { type BeatAnswer, type Fleet } from './fleet.js';
export { type DrainOrder, type LogLevelOrder, type OrderBook, type PausedLane } from './order-book.js';
export { type Orders } from './orders.js';
export { type About, type QueueLoad, type WorkerReport, type WorkerState } from './worker-report.js';
export { type Governor } from './governor.js';
export {
  type GovernorLimits,
  type GovernorState,
  type ParkReason,
  type SeenAtProvider,
  type SlotGrant,
  type SlotRecord,
  type SlotRequest,
  type SlotWait,
} from './governor-types.js';
export { type IdempotencyKey, type IdempotencyKeys, type KeyedAnswer } from './idempotency-keys.js';
export { type Deliveries } from './deliveries.js';
export {
  type BatchWebhook,
  type BeginReply,
  type DeliveryAttempt,
  type DeliveryRecord,
  type DeliveryTry,
  type NewDelivery,
  type TryEnd,
} from './delivery-types.js';
export { keyCatalog, type KeyEntry } from './keys.js';
export { redisRulesOf } from './rights/redis-rules.js';
export { RedisUsers, type RedisUser, type UsersKept } from './rights/redis-users.js';
export { shownBatch } from './shown-batch.js';
export { type WebhookEndpoints } from './webhook-endpoints.js';
export { needsFanOut, type LaneBatch, type LanesIndex, type RedoFile } from './lanes-index.js';
export { type BindReply, type DoubtReply, type IntendReply, type Intent, type Ledger } from './ledger.js';
export { type LedgerRow } from './ledger-row.js';
export { type FileHolder, type IndexPlace, type OpsViews } from './ops-views.js';
export { type OpsEventInput, type OpsEventRecord, type OpsEvents } from './ops-events.js';
export { type OpsRecords } from './ops-records.js';
export {
  mostBodyBytes,
  type DeadLetter,
  type DeadLetterContent,
  type DeadLetterRecord,
  type DeadLetterState,
} from './dead-letter-records.js';
export { type DeadLetterFilter, type DeadLetters, type MoveReply } from './dead-letters.js';
export { type Retries, type RetryReply } from './retries.js';
export { type Scheduled, type ScheduleRow, type ScheduleRun, type Schedules } from './schedules.js';
export { type ProgressLogger } from './redis-client.js';
export { type DaySpend, type Spend } from './spend.js';
export { type VitalSigns } from './vital-signs.js';
export { type FinishReply, type OutboxRow, type ReissueReply, type Settlements } from './settlements.js';
export { compareStreamIds } from './stream-ids.js';
export { type ListPosition } from './tenant-index.js';
export {
  type BatchRecord,
  type BatchState,
  type Conclusion,
  type Fact,
  type FileCounts,
  type FileError,
  type FileProgress,
  type FileRecord,
  type FileState,
  type Heartbeat,
  type HeartbeatRecord,
  type Hold,
  type HoldReason,
  type ModelResult,
  type NewBatch,
  type SourceRecord,
  type StagedFile,
} from './types.js';
