import type { ServiceName } from '@image2model/contracts';

/** A numbered place in a service at which a process can be told to fail. */
interface FailpointEntry {
  /** `<orchestrator|worker>.<number>.<what just happened>` */
  readonly name: string;
  readonly service: ServiceName;
  /** The step that is behind the process when it reaches the point. */
  readonly after: string;
  /** The step that is not taken yet. */
  readonly before: string;
}

const points = <const P extends readonly Omit<FailpointEntry, 'service'>[]>(
  service: ServiceName,
  entries: P,
): readonly (P[number] & FailpointEntry)[] => entries.map((entry) => ({ ...entry, service }));

const orchestrator = points('batch-orchestrator', [
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

const worker = points('model-worker', [
  { name: 'worker.01.taken', after: 'model.generate is delivered', before: 'the claim' },
  { name: 'worker.02.claimed', after: 'the file is claimed', before: 'the generation' },
  {
    name: 'worker.03.found-concluded',
    after: 'the claim found a conclusion',
    before: 'file.settled is told again',
  },
  {
    name: 'worker.04.found-busy',
    after: 'the claim found a live lease of somebody else',
    before: 'the message is published delayed',
  },
  {
    name: 'worker.05.busy-delayed',
    after: 'the delayed message is confirmed',
    before: 'ack of the one in hand',
  },
  {
    name: 'worker.06.found-poison',
    after: 'the claim found that workers died on the file',
    before: 'it is concluded as failed',
  },
  {
    name: 'worker.07.source-stored',
    after: 'an image by URL is durable',
    before: 'it is described in Redis',
  },
  { name: 'worker.08.source-described', after: 'it is described', before: 'the provider begins' },
  { name: 'worker.09.source-read', after: 'the source image is read', before: 'the model is made' },
  { name: 'worker.10.model-made', after: 'the model is made', before: 'it is stored' },
  { name: 'worker.11.model-stored', after: 'the model is durable', before: 'its sidecar is written' },
  { name: 'worker.12.sidecar-stored', after: 'the sidecar is durable', before: 'the generation ends' },
  { name: 'worker.13.generated', after: 'the generation has ended', before: 'its outcome is written' },
  { name: 'worker.14.concluded', after: 'the attempt is concluded', before: 'file.settled is told' },
  {
    name: 'worker.15.settle-gathered',
    after: 'the files of one file.settled are gathered',
    before: 'it is published',
  },
  {
    name: 'worker.16.settle-published',
    after: 'file.settled is confirmed',
    before: 'the handlers of its files go on',
  },
  { name: 'worker.17.done', after: 'everything about a file is done', before: 'ack of model.generate' },
  {
    name: 'worker.18.failure-counted',
    after: 'a failed try is counted',
    before: 'the file is parked or concluded',
  },
  {
    name: 'worker.19.parked',
    after: 'the file is parked, its lease released',
    before: 'the delayed message is published',
  },
  {
    name: 'worker.20.park-published',
    after: 'the delayed message is confirmed',
    before: 'ack of the one in hand',
  },
  {
    name: 'worker.21.cancel-seen',
    after: 'a running generation was stopped by a cancel',
    before: 'it is concluded as cancelled',
  },
  {
    name: 'worker.22.releasing',
    after: 'a generation was stopped by a drain',
    before: 'its claim is released',
  },
  { name: 'worker.23.released', after: 'the claim is released (drain)', before: 'the message goes back' },
  { name: 'worker.24.renewing', after: 'a third of the lease has passed', before: 'leases are prolonged' },
  { name: 'worker.25.renewed', after: 'leases are prolonged', before: 'lost claims are stopped' },
  {
    name: 'worker.26.progress-written',
    after: 'the progress of running files is written',
    before: 'the next write',
  },
]);

/** Every failpoint in the order of the steps. docs/generated/failpoints.md is made from it. */
export const failpointCatalog = [...orchestrator, ...worker] as const;
export type FailpointName = (typeof failpointCatalog)[number]['name'];
