import { microUsd, patchBatchSchema, usdOf, type PatchBatch } from '@image2model/contracts';
import { priceOfFile } from '@image2model/fal';
import type { BatchChanges, BatchRecord, EditReply, Progress } from '@image2model/progress';
import { HttpProblem, invalidRequest, notFound } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { loadBatch } from './load-batch.js';
import { readJsonBody } from './read-optional-json.js';
import { showBatch, type ShowingParts } from './show-batch.js';

interface Parts extends ShowingParts {
  edits: Pick<Progress['edits'], 'edit'>;
  lanes: Pick<Progress['lanes'], 'nudge'>;
}

/**
 * Changes name, priority, budget and retention of a batch: all that is asked, or nothing. A higher budget lets a batch
 * go on that is held for want of it; another priority is that of the files which are not handed out yet.
 */
export const patchBatch = (parts: Parts): Route =>
  defineRoute({
    method: 'PATCH',
    path: '/v1/batches/{id}',
    async handle(request) {
      const batch = await loadBatch(parts.batches, request);
      const asked = parseRequest(patchBatchSchema, await readJsonBody(request));
      const reply = await parts.edits.edit(batch.id, changesOf(asked), priceOfFile(batch));
      refuse(asked, batch, reply);
      for (const lane of new Set([asked.priority ?? batch.lane, batch.lane])) await parts.lanes.nudge(lane);
      return showBatch(parts, request);
    },
  });

function changesOf({ name, priority, retention_hours, budget_usd }: PatchBatch): BatchChanges {
  return {
    ...(name === undefined ? {} : { name }),
    ...(priority === undefined ? {} : { lane: priority }),
    ...(retention_hours === undefined ? {} : { retentionHours: retention_hours }),
    ...(budget_usd === undefined ? {} : { budgetMicro: budget_usd === null ? null : microUsd(budget_usd) }),
  };
}

/** @throws HttpProblem when nothing was changed */
function refuse({ budget_usd, priority }: PatchBatch, { lane }: BatchRecord, reply: EditReply): void {
  switch (reply.status) {
    case 'ok':
      return;
    case 'missing':
      throw notFound();
    case 'ended': {
      const fields = [
        ...(priority === undefined || priority === lane ? [] : ['priority']),
        ...(budget_usd === undefined ? [] : ['budget_usd']),
      ];
      throw new HttpProblem(
        409,
        'batch_ended',
        `The batch is ${reply.state}: ${fields.join(' and ')} cannot be changed any more.`,
      );
    }
    case 'low': {
      const { spentMicro, reservedMicro } = reply;
      const message = `must be at least ${usdOf(spentMicro + reservedMicro)}: ${usdOf(spentMicro)} is spent and ${usdOf(reservedMicro)} is set aside for files under way; got ${budget_usd}`;
      throw invalidRequest([{ path: 'budget_usd', message }]);
    }
  }
}
