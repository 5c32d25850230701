import type { BatchSnapshot } from '@image2model/progress';

/** A batch of three files that ended in three ways. */
export const batchSnapshot = (over: Partial<BatchSnapshot> = {}): BatchSnapshot => ({
  state: 'partial',
  run: 1,
  total: 3,
  counters: { running: 0, completed: 1, failed: 1, cancelled: 1 },
  states: ['completed', 'failed', 'cancelled'],
  notified: true,
  outboxRows: 0,
  lastFactId: '9-0',
  spentMicro: 0,
  reservedMicro: 0,
  ...over,
});
