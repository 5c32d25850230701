import { failpoints } from './failpoint-entry.js';

/** Files whose provider is paid. */
export const paidFailpoints = failpoints('model-worker', [
  {
    name: 'worker.27.slot-had',
    after: 'a slot at the provider is had, or none is needed',
    before: 'the file is claimed',
  },
  {
    name: 'worker.28.paid-done',
    after: 'what a delivery of a paid file asked for is done',
    before: 'ack of model.generate',
  },
  {
    name: 'worker.29.image-uploaded',
    after: 'the image is uploaded to the provider',
    before: 'the price is reserved',
  },
  { name: 'worker.30.intended', after: 'the decision to pay is durable', before: 'the paid submit is sent' },
  { name: 'worker.31.answered', after: 'the answer to a paid submit is here', before: 'it is noted' },
  {
    name: 'worker.32.day-reserved',
    after: "the price is reserved in the tenant's day",
    before: 'the decision to pay',
  },
  {
    name: 'worker.33.taken-back',
    after: 'an intent that nothing came of is taken back',
    before: 'the file waits or fails',
  },
  { name: 'worker.34.bound', after: 'the generation of an intent is noted', before: 'it is waited for' },
  {
    name: 'worker.35.completion-seen',
    after: 'the provider says that a generation has ended',
    before: 'its slot is given back',
  },
  {
    name: 'worker.36.cancel-asked',
    after: 'the provider was asked to cancel a generation',
    before: 'what became of it is noted',
  },
  {
    name: 'worker.37.work-begun',
    after: 'it is noted that a result is being handled',
    before: 'the result is asked for',
  },
  {
    name: 'worker.38.result-read',
    after: 'the result of a generation is read',
    before: 'its model is downloaded',
  },
  { name: 'worker.39.model-downloaded', after: 'a model is downloaded', before: 'it is checked' },
  { name: 'worker.40.model-checked', after: 'a model has passed its checks', before: 'it is stored' },
  {
    name: 'worker.41.request-found',
    after: 'the request of a lost answer is found in the listing',
    before: 'it is noted',
  },
  {
    name: 'worker.42.doubt-settled',
    after: 'a paid submit without an answer is given up',
    before: 'its file is concluded',
  },
  {
    name: 'worker.43.refunded',
    after: 'the price of an unbilled generation is free again',
    before: 'the file waits or fails',
  },
  {
    name: 'worker.44.notified-bound',
    after: 'the generation of a callback is noted',
    before: 'whoever waits for it is told',
  },
]);
