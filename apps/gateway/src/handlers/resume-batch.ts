import { priceOfFile } from '@image2model/fal';
import type { Progress } from '@image2model/progress';
import { notFound } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { loadBatch } from './load-batch.js';
import { showBatch, type ShowingParts } from './show-batch.js';

interface Parts extends ShowingParts {
  controls: Pick<Progress['controls'], 'unhold'>;
  edits: Pick<Progress['edits'], 'edit'>;
  lanes: Pick<Progress['lanes'], 'nudge'>;
}

/**
 * Lets a paused batch go on. A hold for want of budget stays until the budget covers another file: `hold` in the answer
 * says so. Idempotent; an ended batch is answered as it is.
 */
export const resumeBatch = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/batches/{id}/resume',
    async handle(request) {
      const batch = await loadBatch(parts.batches, request);
      const { state } = await parts.controls.unhold(batch.id, 'user');
      if (state === 'missing') throw notFound();
      await parts.edits.edit(batch.id, {}, priceOfFile(batch));
      await parts.lanes.nudge(batch.lane);
      return showBatch(parts, request);
    },
  });
