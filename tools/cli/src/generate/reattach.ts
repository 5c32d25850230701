import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ApiProblem } from '../api/api-problem.js';
import { type BatchView, isEnded } from '../api/views.js';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { counted } from '../output/format.js';
import { entriesOf, type Session } from './session.js';
import type { Entry, Send } from './state.js';

export interface ReattachOptions {
  /** Photos of batches that the gateway no longer has are sent, and paid, again. */
  resendLost: boolean;
  retryFailed: boolean;
}

/**
 * Picks up what earlier runs left: looks which models are still here, asks about batches that have something to tell,
 * and tries failed files again when that is asked for. @throws CliError when a batch is gone with models that are not here
 */
export async function reattach(
  session: Session,
  { resendLost, retryFailed }: ReattachOptions,
): Promise<void> {
  const { state, file, say } = session;
  for (const entry of state.files) if (entry.saved && !isHere(session, entry)) entry.saved = false;
  const lost: Send[] = [];
  for (const send of state.sends.filter((each) => each.batch_id !== null)) {
    const entries = entriesOf(session, send);
    if (!needsLook(send, entries)) continue;
    const view = await lookAt(session, send);
    if (view === null) {
      if (entries.some((entry) => isMissing(send, entry))) lost.push(send);
      continue;
    }
    session.board.views.set(send.key, view);
    if (view.run > send.run) awaitRun(session, send, view.run);
    else if (retryFailed && isEnded(view) && view.counts.failed > 0) await retry(session, send);
  }
  if (lost.length > 0 && !resendLost) throw lostError(session, lost);
  for (const send of lost) dropMissing(session, send);
  if (lost.length > 0)
    say(
      `${counted(lost.length, 'batch', 'batches')} of earlier runs are gone; their missing photos are sent again`,
    );
  file.save(state);
}

const isHere = ({ out }: Session, { path, model }: Entry): boolean => {
  if (model === null) return true;
  return statSync(join(out, path), { throwIfNoEntry: false })?.size === model.bytes;
};

/** A file that was not completed may have been tried again by hand meanwhile. */
const needsLook = ({ ended }: Send, entries: readonly Entry[]): boolean =>
  !ended || entries.some(({ status, saved }) => status !== 'completed' || !saved);

const isMissing = ({ ended }: Send, { status, saved }: Entry): boolean =>
  !ended || (status === 'completed' && !saved);

/** @returns null when the gateway does not have it */
async function lookAt(
  { batches, patience, detached }: Session,
  { batch_id }: Send,
): Promise<BatchView | null> {
  try {
    return await batches.get(batch_id ?? '', { patience, signal: detached });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

function awaitRun(session: Session, send: Send, run: number): void {
  send.run = run;
  send.ended = false;
  for (const entry of entriesOf(session, send)) if (entry.status === 'failed') entry.status = 'sent';
}

async function retry(session: Session, send: Send): Promise<void> {
  const view = await session.batches.retry(send.batch_id ?? '');
  session.board.views.set(send.key, view);
  awaitRun(session, send, view.run);
  session.file.save(session.state);
  session.say(`trying the failed photos of ${view.id} again`);
}

function dropMissing(session: Session, send: Send): void {
  const dropped = new Set(
    entriesOf(session, send).filter(
      (entry) => isMissing(send, entry) && !existsSync(join(session.out, entry.path)),
    ),
  );
  session.state.files = session.state.files.filter((entry) => !dropped.has(entry));
  send.ended = true;
}

function lostError({ api, state }: Session, lost: readonly Send[]): CliError {
  const ids = lost.map(({ batch_id }) => batch_id).join(', ');
  const elsewhere = state.url === api.connection.url ? '' : ` They were sent to ${state.url}.`;
  return new CliError(
    exitCodes.notFound,
    `${api.connection.url} does not know ${ids}, whose models are not all here.${elsewhere}`,
    {
      code: 'batches_lost',
      hint: 'Deleted, past its retention, or of another key? --resend-lost sends those photos again, which is paid again.',
    },
  );
}
