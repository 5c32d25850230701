import type { BatchFile } from '@image2model/contracts';
import type { BatchRecord, FileRecord } from '@image2model/progress';
import type { ProviderState, ProviderStates } from './provider-state.js';

type Waiting = NonNullable<BatchFile['waiting_for']>;

/** Why a file does not go on now; null while it is worked on, or when nothing will make it go on. */
export function waitingFor(
  batch: BatchRecord,
  file: FileRecord,
  providers: ProviderStates,
  nowMs: number,
): BatchFile['waiting_for'] {
  if (file.state !== 'pending' && file.state !== 'running') return null;
  // what a file was put back for while its batch was held is over with the hold
  const told = batch.hold === undefined && isOfHold(file.waitingFor) ? null : file.waitingFor;
  if (told !== null) return told;
  if (file.state === 'running' && file.waitingFor === null) return null;
  if (batch.state !== 'running') return null;
  const provider = providers.get(batch.provider);
  return heldBy(batch, provider) ?? stoppedBy(provider, nowMs) ?? queuedBehind(batch, file, provider);
}

const isOfHold = (waiting: Waiting | null): boolean =>
  waiting?.code === 'paused' || waiting?.code === 'budget';

function heldBy({ hold }: BatchRecord, provider: ProviderState | undefined): Waiting | null {
  const parked = provider?.parked ?? null;
  if (hold === undefined) return parked === null ? null : { code: parked.code, detail: parked.detail };
  switch (hold.reason) {
    case 'user':
      return { code: 'paused', detail: hold.detail };
    case 'budget':
      return { code: 'budget', detail: hold.detail };
    case 'provider':
      return { code: parked?.code ?? 'provider_paused', detail: hold.detail };
  }
}

function stoppedBy(provider: ProviderState | undefined, nowMs: number): Waiting | null {
  const until = provider?.stoppedUntilMs ?? 0;
  if (until <= nowMs) return null;
  return {
    code: 'rate_limit',
    detail: `The provider asked to slow down until ${new Date(until).toISOString()}.`,
  };
}

function queuedBehind(
  { cursor }: BatchRecord,
  { idx, state }: FileRecord,
  provider: ProviderState | undefined,
): Waiting {
  if (state === 'pending' && idx >= cursor)
    return { code: 'window', detail: 'Files before it go first; it is handed out when there is room.' };
  if (provider !== undefined && provider.inUse >= provider.permitted)
    return {
      code: 'provider_concurrency',
      detail: `All ${provider.permitted} places at the provider are taken.`,
    };
  return { code: 'worker', detail: 'It is handed out and waits for a worker that is free.' };
}
