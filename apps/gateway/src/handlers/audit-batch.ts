import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Audit } from '@image2model/contracts';
import { unavailable } from '../domain/http-problem.js';
import type { Places } from '../domain/places.js';
import { defineRoute, type ApiReply, type Route } from '../domain/route.js';
import { loadBatch } from './load-batch.js';
import { runAudit, type AuditParts } from './run-audit.js';

/** An audit that takes longer is answered as it goes on; so often the connection hears of it. */
const patienceMs = 10_000;

/**
 * The self-audit of a batch, also while it runs. It reads every model: a second for some hundred megabytes, so minutes
 * for a batch of 100,000 files; a few audits of a process at a time.
 */
export const auditBatch = (parts: AuditParts & { auditRoom: Places }): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}/audit',
    async handle(request) {
      const batch = await loadBatch(parts.batches, request);
      if (request.method === 'HEAD') return { status: 200, headers: jsonType, nothing: true };
      const leave = parts.auditRoom.take(1);
      if (leave === null) throw unavailable('Other audits are under way.', 10);
      const gone = new AbortController();
      const audit = runAudit(parts, batch, gone.signal).finally(leave);
      return answer(audit, gone);
    },
  });

const jsonType = { 'Content-Type': 'application/json; charset=utf-8' };

async function answer(audit: Promise<Audit>, gone: AbortController): Promise<ApiReply> {
  const soon = await Promise.race([audit, pause(patienceMs, null, { ref: false })]);
  if (soon !== null) return { status: 200, json: soon };
  return { status: 200, headers: jsonType, bytes: Readable.from(slowly(audit, gone)) };
}

/** Blank lines before the JSON, which every parser skips, keep the connection from being thought dead. */
async function* slowly(audit: Promise<Audit>, gone: AbortController): AsyncGenerator<string> {
  try {
    for (;;) {
      const done = await Promise.race([audit, pause(patienceMs, null, { ref: false })]);
      if (done !== null) return yield `${JSON.stringify(done)}\n`;
      yield '\n';
    }
  } finally {
    // when nobody waits for the answer any more, the reading stops as well
    gone.abort();
    audit.catch(() => undefined);
  }
}
