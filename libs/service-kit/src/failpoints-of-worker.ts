import { failpoints } from './failpoint-entry.js';

export const workerFailpoints = failpoints('model-worker', [
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
