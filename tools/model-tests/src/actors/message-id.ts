/** As generateMessageId of the contracts, without the batch: a run has only one. */
export const messageId = (idx: number, gen: number, copy = 0): string => `f:${idx}:${gen}:${copy}`;
