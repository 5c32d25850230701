import { randomUUID } from 'node:crypto';
import { ApiProblem } from '../api/api-problem.js';
import { counted, usd } from '../output/format.js';
import { chunksOf, shareOfBudget, type HashedSource } from './plan.js';
import { sendBatch } from './send-batch.js';
import { entriesOf, type Session } from './session.js';
import { newEntry, type Send } from './state.js';

export interface SendOptions {
  name: string;
  priority?: string | undefined;
  budgetUsd?: number | undefined;
  /** Path below --out for the model of a source. */
  pathFor(source: HashedSource): string;
  /** Asked before each request. */
  goOn(): boolean;
}

/** Sends what is new, request by request, each written down before it leaves. @yields the sends that were accepted */
export async function* makeSends(
  session: Session,
  fresh: readonly HashedSource[],
  options: SendOptions,
): AsyncGenerator<Send> {
  const chunks = chunksOf(fresh);
  session.board.unsent = fresh.length;
  for (const [at, chunk] of chunks.entries()) {
    if (!options.goOn()) return;
    const send = noteSend(
      session,
      chunk,
      options,
      fresh.length,
      chunks.length === 1 ? '' : ` (${at + 1} of ${chunks.length})`,
    );
    if (await acceptSend(session, send)) yield send;
  }
}

function noteSend(
  session: Session,
  chunk: readonly HashedSource[],
  options: SendOptions,
  all: number,
  part: string,
): Send {
  const { state, file, board } = session;
  const key = `i2m-${randomUUID()}`;
  const send: Send = {
    key,
    made_at: new Date().toISOString(),
    kind: chunk[0]?.kind ?? 'file',
    name: `${options.name}${part}`,
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.budgetUsd === undefined
      ? {}
      : { budget_usd: shareOfBudget(options.budgetUsd, chunk.length, all) }),
    total: chunk.length,
    batch_id: null,
    run: 1,
    ended: false,
    refused: null,
  };
  state.sends.push(send);
  for (const [idx, source] of chunk.entries()) {
    const { kind, name, bytes, mtimeMs, sha256 } = source;
    const path = options.pathFor(source);
    const entry = newEntry({
      source: source.source,
      kind,
      name,
      bytes,
      mtime_ms: mtimeMs,
      sha256,
      path,
      send: key,
      idx,
    });
    state.files.push(entry);
    board.scope.add(entry);
  }
  board.unsent -= chunk.length;
  file.save(state);
  return send;
}

/** Sends what is written down. @returns whether it was taken. @throws what says nothing about these photos */
export async function acceptSend(session: Session, send: Send): Promise<boolean> {
  const { state, file, board, say } = session;
  try {
    const batch = await sendBatch(session, send);
    send.batch_id = batch.id;
    send.run = batch.run;
    file.save(state);
    board.views.set(send.key, batch);
    const { estimated_usd, budget_usd } = batch.cost;
    const money =
      estimated_usd === 0
        ? ''
        : `, about ${usd(estimated_usd)}${budget_usd === null ? '' : `, at most ${usd(budget_usd)}`}`;
    say(`sent ${counted(send.total, 'photo')} as ${batch.id}${money}`);
    return true;
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.passing || error.code === 'idempotency_key_reused')
      throw error;
    if (error.code === 'input.all_refused') refuse(session, send, error.message);
    else forget(session, send);
    file.save(state);
    if (error.code !== 'input.all_refused') throw error;
    return false;
  }
}

/** Every photo of it was looked at and refused: that is their end. */
function refuse(session: Session, send: Send, reason: string): void {
  send.refused = reason;
  send.ended = true;
  for (const entry of entriesOf(session, send)) {
    entry.status = 'failed';
    entry.error = { code: 'input.refused', message: reason.split('\n')[entry.idx + 1]?.trim() ?? reason };
  }
  session.say(`the gateway refused ${counted(send.total, 'photo')}: ${reason}`);
}

/** Nothing was accepted, and not because of the photos: the next run begins with them anew. */
export function forget({ state, board }: Pick<Session, 'state' | 'board'>, { key }: Send): void {
  for (const entry of state.files.filter(({ send }) => send === key)) board.scope.delete(entry);
  state.files = state.files.filter(({ send }) => send !== key);
  state.sends = state.sends.filter((send) => send.key !== key);
}
