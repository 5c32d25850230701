import type { Command } from 'commander';
import { fileStatuses, opsTaskListSchema } from '@image2model/contracts';
import { z } from 'zod';
import { allPages } from '../api/pages.js';
import { choiceFlag, defineCommand, numberFlag } from '../define-command.js';
import { toneOf } from '../output/paint.js';

/** `i2m inspect tasks`. */
export const tasksCommand = (): Command =>
  defineCommand({
    name: 'tasks',
    summary: 'Files of all batches: state, attempts, why they wait, who has them.',
    examples: ['inspect tasks --state running', 'inspect tasks --state failed --batch bat_…'],
    flags: [
      ['--state <state>', fileStatuses.join(', '), choiceFlag(fileStatuses)],
      ['--batch <id>', 'only of this batch'],
      ['--limit <n>', 'how many (default 50)', numberFlag({ min: 1, max: 100_000 })],
    ],
    options: { state: z.string().optional(), batch: z.string().optional(), limit: z.number().default(50) },
    run: async (context, { state, batch, limit }) => {
      const filter = `${state === undefined ? '' : `&state=${state}`}${batch === undefined ? '' : `&batch_id=${encodeURIComponent(batch)}`}`;
      const rows = await allPages(
        (query) => context.ops().get(`tasks?${query}${filter}`, opsTaskListSchema),
        limit,
      );
      context.terminal.result(rows, () =>
        context.terminal.table(
          [
            { title: 'BATCH', of: ({ batch_id }) => batch_id },
            { title: 'FILE', of: ({ idx }) => String(idx), align: 'right' },
            { title: 'LANE', of: ({ lane }) => lane },
            { title: 'STATE', of: ({ status }) => status, tone: ({ status }) => toneOf(status) },
            { title: 'TRIES', of: ({ attempts }) => String(attempts), align: 'right' },
            { title: 'NAME', of: ({ name }) => name ?? '', flexible: true },
            {
              title: 'WHY',
              of: ({ waiting_for, error, stage, worker }) =>
                waiting_for?.detail ?? error?.message ?? [stage, worker].filter(Boolean).join(' at '),
              flexible: true,
            },
          ],
          rows,
          'There is no such file.',
        ),
      );
      return undefined;
    },
  });
