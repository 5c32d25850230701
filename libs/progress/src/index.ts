export { keepBeating } from './keep-beating.js';
export { connectProgress, type Progress } from './connect-progress.js';
export {
  type Attempts,
  type ClaimReply,
  type ClaimRequest,
  type ConcludeStatus,
  type Holding,
  type PaidAttempt,
} from './attempts.js';
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
export { type DeleteReply, type Deletions, type Tombstone } from './deletions.js';
export { type FactFeed } from './fact-feed.js';
export { type Fleet } from './fleet.js';
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
export { keyCatalog, type KeyEntry } from './keys.js';
export { needsFanOut, type LaneBatch, type LanesIndex, type RedoFile } from './lanes-index.js';
export { type BindReply, type DoubtReply, type IntendReply, type Intent, type Ledger } from './ledger.js';
export { type LedgerRow } from './ledger-row.js';
export { type DeadLetter, type OpsRecords } from './ops-records.js';
export { type Retries, type RetryReply } from './retries.js';
export { type ProgressLogger } from './redis-client.js';
export { type DaySpend, type Spend } from './spend.js';
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
