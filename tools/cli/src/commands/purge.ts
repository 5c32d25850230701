import type { Command } from 'commander';
import { purgedSchema } from '@image2model/contracts';
import { z } from 'zod';
import { defineCommand } from '../define-command.js';
import { counted } from '../output/format.js';

/** `i2m purge`. */
export const purgeCommand = (): Command =>
  defineCommand({
    name: 'purge <queue>',
    summary:
      'Drops what waits in a queue. Batches are not lost by it: what was dropped is noticed to be overdue and asked for again.',
    examples: ['purge model-worker.model.generate.low --confirm'],
    flags: [['--confirm', 'do not ask']],
    options: { confirm: z.boolean().optional() },
    run: async (context, { confirm }, [queue = '']) => {
      await context.confirm(`This drops what waits in ${queue}.`, confirm);
      const purged = await context
        .ops()
        .call('POST', `queues/${encodeURIComponent(queue)}/purge`, purgedSchema, { confirm: queue });
      context.terminal.result(
        purged,
        () => `${counted(purged.purged, 'message')} dropped from ${purged.queue}`,
      );
      return undefined;
    },
  });
