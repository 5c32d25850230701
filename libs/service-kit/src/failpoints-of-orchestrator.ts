import { failpoints } from './failpoint-entry.js';

export const orchestratorFailpoints = failpoints('batch-orchestrator', [
  {
    name: 'orchestrator.01.submitted-taken',
    after: 'batch.submitted is delivered',
    before: "its lane's dispatcher is told",
  },
  { name: 'orchestrator.02.lane-told', after: 'the dispatcher is told', before: 'ack of batch.submitted' },
  {
    name: 'orchestrator.03.lane-leased',
    after: 'the lease of a lane is taken or prolonged',
    before: 'its batches are read',
  },
  {
    name: 'orchestrator.04.chunk-chosen',
    after: 'the pending files of a chunk are read',
    before: 'their tasks are published',
  },
  {
    name: 'orchestrator.05.chunk-published',
    after: 'the tasks of a chunk are confirmed',
    before: 'the cursor moves',
  },
  {
    name: 'orchestrator.06.cursor-advanced',
    after: 'the cursor has moved',
    before: 'a batch that is fanned out leaves its lane',
  },
  {
    name: 'orchestrator.07.lane-left',
    after: 'a batch that is fanned out has left its lane',
    before: 'the next look at the lane',
  },
  {
    name: 'orchestrator.08.redo-published',
    after: 'the tasks of files on the redo list are confirmed',
    before: 'the files leave the list',
  },
  {
    name: 'orchestrator.09.redone',
    after: 'the files have left the redo list',
    before: 'a batch that is fanned out leaves its lane',
  },
  {
    name: 'orchestrator.10.lane-cleared',
    after: 'a batch that no longer runs has left its lane',
    before: 'the next batch of the lane is read',
  },
  {
    name: 'orchestrator.11.settled-taken',
    after: 'file.settled is delivered',
    before: 'finish: terminal states, counters, outbox row',
  },
  { name: 'orchestrator.12.finished', after: 'finish', before: 'refill and relay' },
  { name: 'orchestrator.13.settled-done', after: 'refill and relay', before: 'ack of file.settled' },
  {
    name: 'orchestrator.14.completion-read',
    after: 'a row of the outbox is read',
    before: 'batch.completed is published',
  },
  {
    name: 'orchestrator.15.completion-published',
    after: 'batch.completed is confirmed',
    before: 'the row is cleared',
  },
  {
    name: 'orchestrator.16.completion-cleared',
    after: 'the row is cleared and the batch is no longer active',
    before: 'whoever asked for the relay goes on',
  },
  {
    name: 'orchestrator.17.cancel-taken',
    after: 'batch.cancel-requested is delivered, or a sweep finds a cancelling batch',
    before: 'waiting files are cancelled',
  },
  {
    name: 'orchestrator.18.waiting-cancelled',
    after: 'some waiting files are cancelled',
    before: 'the next ones are, or those that nobody holds',
  },
  {
    name: 'orchestrator.19.unheld-cancelled',
    after: 'started files that nobody holds are ended',
    before: 'the relay',
  },
  { name: 'orchestrator.20.cancel-done', after: 'the relay', before: 'ack of batch.cancel-requested' },
  {
    name: 'orchestrator.21.reconcile-leased',
    after: "the reconciler's lease is taken or prolonged",
    before: 'active batches are read',
  },
  {
    name: 'orchestrator.22.late-settled',
    after: 'overdue files that are concluded are settled',
    before: 'the others are published again',
  },
  {
    name: 'orchestrator.23.reissue-decided',
    after: 'an overdue file is due again, its copy is counted',
    before: 'the copy is published',
  },
  { name: 'orchestrator.24.reissued', after: 'the copy is confirmed', before: 'the next overdue file' },
  { name: 'orchestrator.25.recounted', after: 'counters are corrected from the states', before: 'the relay' },
  {
    name: 'orchestrator.26.ended-relayed',
    after: 'the relay for a batch that has ended',
    before: 'the batch is taken from the active ones',
  },
  {
    name: 'orchestrator.27.ended-dropped',
    after: 'a batch that has ended is no longer active',
    before: 'the next active batch',
  },
  {
    name: 'orchestrator.28.dead-letter-taken',
    after: 'a dead letter is delivered',
    before: 'it is written to the ops list',
  },
  {
    name: 'orchestrator.29.dead-letter-listed',
    after: 'it is in the ops list',
    before: 'its file is condemned',
  },
  { name: 'orchestrator.30.condemned', after: 'the file is condemned', before: 'the relay' },
  {
    name: 'orchestrator.31.condemned-relayed',
    after: 'the relay',
    before: 'message.dead-lettered is published',
  },
  {
    name: 'orchestrator.32.dead-letter-told',
    after: 'message.dead-lettered is confirmed',
    before: 'ack of the dead letter',
  },
  {
    name: 'orchestrator.33.reconciler-ending',
    after: 'sweeps have ended (drain)',
    before: "the reconciler's lease is dropped",
  },
  {
    name: 'orchestrator.34.reconciler-ended',
    after: "the reconciler's lease is dropped (drain)",
    before: 'the dispatchers end',
  },
  {
    name: 'orchestrator.35.lane-ending',
    after: 'the dispatcher of a lane has ended (drain)',
    before: 'the lease of the lane is dropped',
  },
  {
    name: 'orchestrator.36.lane-ended',
    after: 'the lease of a lane is dropped (drain)',
    before: 'the broker connection drains',
  },
]);
