import type { AlertChannel } from '@image2model/contracts';
import { stateOf, type Alert, type AlertState } from './alert.js';
import type { AlertRoutes } from './alert-routes.js';

/** What people were told of one trouble; times in ms since 1970. */
export interface AlertMemory {
  state: AlertState;
  channels: AlertChannel[];
  lastId: string;
  occurredAtMs: number;
  toldAtMs: number;
  /** how often the same was kept back since */
  keptBack: number;
}

/** `stale`: an older state came later, by another way. `known`: this very alert. `repeat`: nothing new, and told lately. */
export type Decision =
  | { do: 'tell'; channels: AlertChannel[]; keptBack: number; next: AlertMemory }
  | { do: 'repeat'; next: AlertMemory }
  | { do: 'known' | 'stale' };

export interface DecideOptions {
  routes: AlertRoutes;
  /** the same state is told again after so long */
  repeatMs: number;
  nowMs: number;
  /** Nobody may know of it although it was told: the memory in Redis cannot be read. */
  blind?: boolean;
}

/** Clocks of senders differ: only what is older by more than this is stale. */
const clockToleranceMs = 10_000;

/**
 * Whom an alert is told. Another state of its trouble is news at once, also for those who heard of a worse one; its end
 * goes where its beginning went. The same state is told once in `repeatMs`.
 */
export function decideAlert(alert: Alert, known: AlertMemory | undefined, options: DecideOptions): Decision {
  const { repeatMs, nowMs, blind = false } = options;
  const state = stateOf(alert);
  const occurredAtMs = Date.parse(alert.at);
  if (known === undefined) {
    if (blind && alert.repeat) return { do: 'known' };
    return tell(alert, known, options);
  }
  if (known.lastId === alert.id) return { do: 'known' };
  if (occurredAtMs < known.occurredAtMs - clockToleranceMs) return { do: 'stale' };
  const same = state === known.state;
  if (same && (state === 'resolved' || nowMs - known.toldAtMs < repeatMs))
    return {
      do: 'repeat',
      next: {
        ...known,
        lastId: alert.id,
        occurredAtMs: Math.max(occurredAtMs, known.occurredAtMs),
        keptBack: known.keptBack + 1,
      },
    };
  return tell(alert, known, options);
}

function tell(
  alert: Alert,
  known: AlertMemory | undefined,
  { routes, nowMs }: DecideOptions,
): Extract<Decision, { do: 'tell' }> {
  const state = stateOf(alert);
  const open = known !== undefined && known.state !== 'resolved' ? known.channels : [];
  // the end of something nobody remembers is told wherever its beginning may have been
  const routed = alert.resolved
    ? known === undefined
      ? [...routes.critical, ...routes.warning]
      : []
    : routes[alert.severity];
  const channels = [...new Set([...open, ...routed])];
  return {
    do: 'tell',
    channels,
    keptBack: known !== undefined && known.state === state ? known.keptBack : 0,
    next: {
      state,
      channels,
      lastId: alert.id,
      occurredAtMs: Date.parse(alert.at),
      toldAtMs: nowMs,
      keptBack: 0,
    },
  };
}
