import type { Command } from 'commander';
import { opsQueueListSchema } from '@image2model/contracts';
import { z } from 'zod';
import { defineCommand } from '../define-command.js';
import { duration, grouped } from '../output/format.js';

/** `i2m inspect queues`. */
export const queuesCommand = (): Command =>
  defineCommand({
    name: 'queues',
    summary: 'Every queue: what waits, what is in work, who consumes, how fast.',
    examples: ['inspect queues', 'inspect queues --all'],
    flags: [['--all', 'empty delay and dead-letter queues too']],
    options: { all: z.boolean().default(false) },
    run: async (context, { all }) => {
      const { data } = await context.ops().get('queues', opsQueueListSchema);
      const rows = data.filter(({ role, ready, unacked }) => all || role === 'work' || ready + unacked > 0);
      context.terminal.result(all || context.terminal.json ? data : rows, () =>
        context.terminal.table(
          [
            { title: 'QUEUE', of: ({ name }) => name },
            {
              title: 'READY',
              of: ({ ready }) => grouped(ready),
              align: 'right',
              tone: ({ role, ready }) => (role === 'dead' && ready > 0 ? 'bad' : undefined),
            },
            { title: 'UNACKED', of: ({ unacked }) => grouped(unacked), align: 'right' },
            {
              title: 'CONSUMERS',
              of: ({ consumers }) => String(consumers),
              align: 'right',
              tone: ({ role, consumers }) => (role === 'work' && consumers === 0 ? 'bad' : undefined),
            },
            {
              title: 'A SECOND',
              of: ({ handled_per_second }) => handled_per_second.toFixed(1),
              align: 'right',
            },
            {
              title: 'OLDEST',
              of: ({ oldest_unacked_seconds }) =>
                oldest_unacked_seconds === null ? '' : duration(oldest_unacked_seconds),
              align: 'right',
            },
          ],
          rows,
          'There is no queue.',
        ),
      );
      return undefined;
    },
  });
