import { listTasksQuerySchema } from '@image2model/contracts';
import { fromCursor, toCursor } from '../domain/cursor.js';
import { HttpProblem } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseTaskPlace, taskPlacePattern, taskPlaceText } from '../domain/task-place.js';
import { taskView } from '../domain/task-view.js';
import { parseRequest } from '../domain/zod-problem.js';
import { findTasks, tasksOfBatch, type FoundTask, type TaskReading } from './find-tasks.js';
import type { Governors } from './read-governors.js';

interface Parts extends TaskReading {
  governors: Pick<Governors, 'states'>;
}

/** Files of all tenants and batches: those of live batches first (the oldest in front), then those of ended ones. */
export const listTasks = (parts: Parts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/tasks',
    async handle({ query }) {
      const { state, batch_id, limit, cursor } = parseRequest(listTasksQuerySchema, query);
      const asked = { limit, ...(state === undefined ? {} : { state }) };
      const place = cursor === undefined ? null : parseTaskPlace(fromCursor('t', cursor, taskPlacePattern));
      const found =
        batch_id === undefined
          ? await findTasks(parts, { ...asked, from: place })
          : await tasksOfBatch(parts, { ...asked, id: batch_id, idx: place?.idx ?? 0 });
      if (found === null) throw noBatch(batch_id);
      const about = { providers: await parts.governors.states(), nowMs: Date.now() };
      const data = found.tasks.map(({ batch, file, holder }: FoundTask) =>
        taskView(batch, file, holder, about),
      );
      const next_cursor = found.next === null ? null : toCursor('t', taskPlaceText(found.next));
      return { status: 200, json: { data, next_cursor } };
    },
  });

const noBatch = (id: string | undefined): HttpProblem =>
  new HttpProblem(404, 'not_found', `There is no batch ${id ?? ''}, or not any more.`);
