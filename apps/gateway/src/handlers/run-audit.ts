import { setTimeout as pause } from 'node:timers/promises';
import type { Audit } from '@image2model/contracts';
import type { BatchRecord, BatchSnapshot, Progress } from '@image2model/progress';
import type { Storage } from '@image2model/storage';
import { isTerminal } from '../domain/batch-view.js';
import { notFound } from '../domain/http-problem.js';
import { judgeCompletion, judgeCounts, newTold, noteFact, type Told } from '../domain/judge-batch.js';
import { judgeLedger, newBooks, noteRow, type Books } from '../domain/judge-ledger.js';
import { checkFiles } from './check-files.js';
import { checkManifest } from './check-manifest.js';
import type { BatchReader } from './load-batch.js';

export interface AuditParts {
  batches: BatchReader;
  audits: Pick<Progress['audits'], 'snapshot' | 'endings' | 'conclusions' | 'sourceNames'>;
  ledger: Pick<Progress['ledger'], 'rows'>;
  storage: Pick<Storage, 'read' | 'stat'>;
}

/** A run ends a moment before its completion is relayed; an audit in between waits so long at most. */
const relayedWithinMs = 3_000;
const lookEveryMs = 50;

/**
 * Compares everything that is known of a batch: states, counters, facts, results, bytes. Reads all of it, a bounded
 * part at a time. @throws HttpProblem 404 when the batch is deleted meanwhile
 */
export async function runAudit(parts: AuditParts, batch: BatchRecord, signal: AbortSignal): Promise<Audit> {
  const snapshot = await snapshotOf(parts.audits, batch.id);
  const told = await toldOf(parts.audits, batch.id, snapshot);
  const books = await booksOf(parts.ledger, batch.id);
  const [results, artefacts] = await checkFiles({ ...parts, signal }, batch, snapshot);
  const manifest = await checkManifest(parts, batch, snapshot);
  // what was erased under our eyes looks broken, and is not
  if ((await parts.batches.get(batch.tenant, batch.id)) === null) throw notFound();
  const completion = judgeCompletion(snapshot, told);
  const ledger = judgeLedger(batch.provider, snapshot, books);
  const checks = [judgeCounts(snapshot), completion, results, ledger, artefacts, manifest];
  return { ok: checks.every(({ ok }) => ok), checks };
}

async function snapshotOf(audits: AuditParts['audits'], id: string): Promise<BatchSnapshot> {
  const until = performance.now() + relayedWithinMs;
  for (;;) {
    const snapshot = await audits.snapshot(id);
    if (snapshot === null) throw notFound();
    const relayed = !isTerminal(snapshot) || (snapshot.outboxRows === 0 && snapshot.notified);
    if (relayed || performance.now() >= until) return snapshot;
    await pause(lookEveryMs);
  }
}

async function toldOf(
  audits: AuditParts['audits'],
  id: string,
  { run, lastFactId }: BatchSnapshot,
): Promise<Told> {
  const told = newTold();
  for await (const fact of audits.endings(id, lastFactId)) noteFact(told, fact, run);
  return told;
}

async function booksOf(ledger: AuditParts['ledger'], id: string): Promise<Books> {
  const books = newBooks();
  for await (const row of ledger.rows(id)) noteRow(books, row);
  return books;
}
