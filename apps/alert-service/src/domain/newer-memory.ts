import type { AlertMemory } from './decide-alert.js';

/** Of what this process remembers and what Redis does: the one that took the later alert into account. */
export function newerMemory(
  own: AlertMemory | undefined,
  shared: AlertMemory | null,
): AlertMemory | undefined {
  if (own === undefined || shared === null) return own ?? shared ?? undefined;
  return own.occurredAtMs > shared.occurredAtMs ? own : shared;
}
