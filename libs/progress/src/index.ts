export { keepBeating } from './keep-beating.js';
export { connectProgress, type Progress } from './connect-progress.js';
export {
  leaseMs,
  type Attempts,
  type ClaimReply,
  type ClaimRequest,
  type ConcludeStatus,
  type Holding,
} from './attempts.js';
export { type Batches } from './batches.js';
export { type FactFeed } from './fact-feed.js';
export { type Fleet } from './fleet.js';
export { keyCatalog, type KeyEntry } from './keys.js';
export { type LaneBatch, type LanesIndex } from './lanes-index.js';
export { type DeadLetter, type OpsRecords } from './ops-records.js';
export { type ProgressLogger } from './redis-client.js';
export { type FinishReply, type OutboxRow, type ReissueReply, type Settlements } from './settlements.js';
export { compareStreamIds } from './stream-ids.js';
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
  type ModelResult,
  type NewBatch,
  type SourceRecord,
  type StagedFile,
} from './types.js';
