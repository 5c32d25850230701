import { retryBatchSchema, usdOf, type RetryBatch, type RetryQuote } from '@image2model/contracts';
import { priceOfFile } from '@image2model/fal';
import type { BatchRecord, Progress } from '@image2model/progress';
import { isTerminal, statusOf } from '../domain/batch-view.js';
import { HttpProblem, invalidRequest, notFound, type Invalid } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { loadBatch } from './load-batch.js';
import { readOptionalJson } from './read-optional-json.js';
import { showBatch, type ShowingParts } from './show-batch.js';

interface Parts extends ShowingParts {
  retries: Pick<Progress['retries'], 'retry' | 'failures'>;
  lanes: Pick<Progress['lanes'], 'nudge'>;
}

/**
 * Tries the failed files of an ended batch again, all or those of some codes, as its next run; or only tells their
 * price. Without any failed file there is nothing to do: the batch is answered as it is, so a repeat is safe. While the
 * batch lives: 409.
 */
export const retryBatch = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/batches/{id}/retry',
    async handle(request) {
      const batch = await loadBatch(parts.batches, request);
      const asked = parseRequest(retryBatchSchema, await readOptionalJson(request));
      if (!isTerminal(batch)) throw stillLive(statusOf(batch));
      const failures = await parts.retries.failures(batch.id);
      const files = filesOf(asked, failures);
      const priceMicro = priceOfFile(batch);
      if (asked.quote) return { status: 200, json: quoteOf(files, priceMicro) };
      if (files > 0) await begin(parts, batch, asked, priceMicro);
      return showBatch(parts, request);
    },
  });

/** How many files it would be. @throws HttpProblem 422 naming each code that no failed file has */
function filesOf({ codes }: RetryBatch, failures: ReadonlyMap<string, number>): number {
  const sum = (chosen: Iterable<string>): number =>
    [...chosen].reduce((files, code) => files + (failures.get(code) ?? 0), 0);
  if (codes === undefined || failures.size === 0) return sum(failures.keys());
  const known = [...failures.keys()].sort().slice(0, 20).join(', ');
  const unknown = codes.flatMap((code, at): Invalid[] =>
    failures.has(code)
      ? []
      : [
          {
            path: `codes[${at}]`,
            message: `must be a code that a failed file has (${known}); got "${code}"`,
          },
        ],
  );
  if (unknown.length > 0) throw invalidRequest(unknown);
  return sum(new Set(codes));
}

const quoteOf = (files: number, priceMicro: number): RetryQuote => ({
  files,
  cost: { estimated_usd: usdOf(files * priceMicro), per_file_usd: usdOf(priceMicro) },
});

async function begin(
  { retries, lanes }: Parts,
  { id, run, lane }: BatchRecord,
  { codes }: RetryBatch,
  priceMicro: number,
): Promise<void> {
  const reply = await retries.retry(id, { run, priceMicro, ...(codes === undefined ? {} : { codes }) });
  switch (reply.status) {
    case 'begun':
    case 'nothing':
      await lanes.nudge(lane);
      return;
    case 'missing':
      throw notFound();
    case 'live':
    case 'over':
      throw stillLive(`in run ${reply.run} already`);
  }
}

const stillLive = (status: string): HttpProblem =>
  new HttpProblem(
    409,
    'batch_not_ended',
    `Only a batch that has ended can be retried; this one is ${status}.`,
  );
