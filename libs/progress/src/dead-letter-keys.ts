/** Keys of the list of dead letters; {braces} keep it on one cluster slot. Part of `keys`. */
export const deadLetterKeys = {
  deadLetters: (state: string): string => `i2m:{dead-letters}:${state}`,
  deadLetterMeta: (): string => 'i2m:{dead-letters}:meta',
  deadLetterHeads: (): string => 'i2m:{dead-letters}:heads',
  deadLetterStates: (): string => 'i2m:{dead-letters}:states',
  deadLetterContents: (): string => 'i2m:{dead-letters}:contents',
  deadLetterRetried: (): string => 'i2m:{dead-letters}:retried',
} as const;

/** The same keys for readers; part of `keyCatalog`. */
export const deadLetterKeyCatalog = [
  {
    name: 'deadLetters',
    pattern: 'i2m:{dead-letters}:<state>',
    type: 'zset',
    holds: 'ids of the dead letters that are open, redriving, redriven or discarded, by when they came, µs',
    lifetime: '30 days, the last 10,000, at most 256 MB',
    writer: 'batch-orchestrator; gateway (redrive, discard)',
  },
  {
    name: 'deadLetterMeta',
    pattern: 'i2m:{dead-letters}:meta',
    type: 'hash',
    holds: 'when the last one came, bytes of all contents',
    lifetime: 'for ever',
    writer: 'batch-orchestrator',
  },
  {
    name: 'deadLetterHeads',
    pattern: 'i2m:{dead-letters}:heads',
    type: 'hash',
    holds: 'id → queue, reason, message, batch and file, when, bytes',
    lifetime: '30 days, the last 10,000, at most 256 MB',
    writer: 'batch-orchestrator',
  },
  {
    name: 'deadLetterStates',
    pattern: 'i2m:{dead-letters}:states',
    type: 'hash',
    holds:
      'id → state, since when, by whom, what came of it; which one it was redriven from or died again as',
    lifetime: '30 days, the last 10,000, at most 256 MB',
    writer: 'batch-orchestrator; gateway (redrive, discard)',
  },
  {
    name: 'deadLetterContents',
    pattern: 'i2m:{dead-letters}:contents',
    type: 'hash',
    holds: 'id → headers and body; <id>/repaired → the body that is sent instead',
    lifetime: '30 days, the last 10,000, at most 256 MB',
    writer: 'batch-orchestrator; gateway (redrive, discard)',
  },
  {
    name: 'deadLetterRetried',
    pattern: 'i2m:{dead-letters}:retried',
    type: 'hash',
    holds: 'file as batch:idx → the dead letter because of which it was retried',
    lifetime: '30 days, the last 10,000, at most 256 MB',
    writer: 'batch-orchestrator',
  },
] as const;
