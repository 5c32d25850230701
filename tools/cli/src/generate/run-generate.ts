import { mkdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { batchesApi } from '../api/batches-api.js';
import type { ApiClient } from '../api/api-client.js';
import { CliError } from '../cli-error.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import type { Terminal } from '../output/terminal.js';
import { createBoard } from './board.js';
import { createDownloads, type Downloads } from './downloads.js';
import { findSources, type Found } from './find-sources.js';
import { followSend } from './follow-send.js';
import { lockFolder } from './folder-lock.js';
import { makePlan } from './make-plan.js';
import { onInterrupt, type Interrupts } from './interrupt.js';
import { makeSends } from './make-sends.js';
import { modelPaths } from './model-paths.js';
import type { Plan } from './plan.js';
import { reattach } from './reattach.js';
import { requireSameWishes } from './require-same-wishes.js';
import { sayTrouble } from './say-trouble.js';
import { openScreen } from './screen.js';
import type { Session } from './session.js';
import { settleUnanswered } from './settle-unanswered.js';
import { newState, type Send, type Wishes } from './state.js';
import { openStateFile } from './state-file.js';
import { tellEnd } from './tell-end.js';
import { watchViews } from './watch-views.js';
import { writeManifest } from './write-manifest.js';

export interface GenerateOptions {
  inputs: readonly string[];
  out: string;
  wishes: Wishes;
  name?: string | undefined;
  priority?: string | undefined;
  budgetUsd?: number | undefined;
  recursive: boolean;
  detach: boolean;
  retryFailed: boolean;
  resendLost: boolean;
}

/** A gateway that is being restarted, or a laptop that slept. */
const patienceMs = 15 * 60_000;

/**
 * Makes a model of every photo of the inputs in --out. What earlier runs of the same folder sent is never sent again; so
 * the same command, run again, goes on where it was.
 */
export async function runGenerate(
  terminal: Terminal,
  api: ApiClient,
  options: GenerateOptions,
): Promise<ExitCode> {
  const out = resolve(options.out);
  const found = findSources(options.inputs, { cwd: process.cwd(), recursive: options.recursive });
  for (const { source, reason } of found.skipped) terminal.note(`skipped ${source}: ${reason}`);
  if (found.sources.length === 0)
    throw new CliError(exitCodes.usage, 'There is no photo to send.', {
      hint: 'JPEG, PNG and WebP are taken; -r looks into subfolders.',
    });
  mkdirSync(out, { recursive: true });
  const unlock = lockFolder(out);
  try {
    return await withFolder(terminal, api, { ...options, out }, found);
  } finally {
    unlock();
  }
}

async function withFolder(
  terminal: Terminal,
  api: ApiClient,
  options: GenerateOptions,
  found: Found,
): Promise<ExitCode> {
  const { out, wishes } = options;
  const file = openStateFile(out);
  const state = file.load() ?? newState(api.connection.url, wishes);
  requireSameWishes(state, wishes, out);
  const board = createBoard();
  const screen = openScreen(terminal, board);
  const leaving = new AbortController();
  const session: Session = {
    api,
    batches: batchesApi(api),
    out,
    state,
    file,
    board,
    detached: leaving.signal,
    say: (text) => screen.say(text),
    patience: { forMs: patienceMs, onWait: sayTrouble(screen, patienceMs) },
  };
  const run: Run = { session, options, found, cancelling: false };
  const interrupts = onInterrupt(terminal, screen, {
    detach: () => leaving.abort(),
    cancel: () => (run.cancelling = true),
  });
  try {
    await carryOut(run, interrupts);
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
  } finally {
    interrupts.close();
    file.close(state);
    writeManifest(out, state);
    screen.end();
  }
  return tellEnd(terminal, session, { found, choice: interrupts.choice, detach: options.detach });
}

interface Run {
  session: Session;
  options: GenerateOptions;
  found: Found;
  cancelling: boolean;
}

async function carryOut(run: Run, interrupts: Interrupts): Promise<void> {
  const { session, options, found } = run;
  // who may not ask at all learns it before anything is looked at or written down
  await session.batches.list(1);
  await settleUnanswered(session);
  await reattach(session, options);
  const plan = await makePlan(session, found, options);
  const downloads = createDownloads(session);
  const stopWatching = watchViews(session);
  try {
    await sendAndFollow(run, plan, downloads, interrupts);
    await downloads.idle();
  } finally {
    stopWatching();
  }
  for (const [entry, reason] of downloads.failed) entry.error = { code: 'download', message: reason };
}

async function sendAndFollow(
  run: Run,
  plan: Plan,
  downloads: Downloads,
  interrupts: Interrupts,
): Promise<void> {
  const { session, options } = run;
  const { state, board } = session;
  const followers = { streams: 0 };
  const following: Promise<void>[] = [];
  const follow = (send: Send): void => {
    if (!options.detach) following.push(followSend(session, send, downloads, followers));
  };
  for (const entry of board.scope) if (entry.status === 'completed' && !entry.saved) downloads.want(entry);
  for (const send of state.sends.filter(({ ended, batch_id }) => !ended && batch_id !== null)) follow(send);
  // a follower that fails is heard at the end, and not as an unhandled rejection before
  for (const each of following) each.catch(() => undefined);
  const names = modelPaths(session, plan);
  const sends = makeSends(session, plan.fresh, {
    ...options,
    name: batchName(options),
    pathFor: names,
    goOn: () => !run.cancelling,
  });
  for await (const send of sends) {
    follow(send);
    following.at(-1)?.catch(() => undefined);
  }
  const stopCancelling = whenCancelling(run, interrupts);
  try {
    await Promise.all(following);
  } finally {
    stopCancelling();
  }
}

/** Cancels what goes on, once that is asked for. */
function whenCancelling(run: Run, interrupts: Interrupts): () => void {
  let begun = false;
  const timer = setInterval(() => {
    if (begun || interrupts.choice !== 'cancel') return;
    begun = true;
    run.session.say('cancelling; what is accepted already is kept …');
    const live = run.session.state.sends.filter(({ ended, batch_id }) => !ended && batch_id !== null);
    void Promise.all(live.map(({ batch_id }) => run.session.batches.act(batch_id ?? '', 'cancel'))).catch(
      (error: unknown) => run.session.say(`cancelling failed: ${String(error)}`),
    );
  }, 100);
  return () => clearInterval(timer);
}

const batchName = ({ name, inputs }: GenerateOptions): string =>
  (name ?? basename(resolve(inputs[0] ?? '.'))).replace(/\p{Cc}/gu, '').slice(0, 160) || 'photos';
