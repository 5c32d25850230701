import type { Command } from 'commander';
import { z } from 'zod';
import { defineCommand } from '../define-command.js';
import { exitCodes } from '../exit-codes.js';
import { counted, usd } from '../output/format.js';
import type { BatchView } from '../api/views.js';
import { batchText } from './batches-show.js';

const control = (action: 'cancel' | 'pause' | 'resume', summary: string): Command =>
  defineCommand({
    name: `${action} <batch...>`,
    summary,
    examples: [`batches ${action} bat_…`],
    flags: action === 'cancel' ? [['--confirm', 'do not ask']] : [],
    options: { confirm: z.boolean().optional() },
    run: async (context, { confirm }, ids) => {
      if (action === 'cancel')
        await context.confirm(`This cancels ${counted(ids.length, 'batch', 'batches')}.`, confirm);
      const done: BatchView[] = [];
      for (const id of ids) done.push(await context.batches().act(id, action));
      context.terminal.result(done, () =>
        done.map((batch) => batchText(context.terminal, batch)).join('\n\n'),
      );
      return undefined;
    },
  });

/** `i2m batches cancel`. */
export const cancelCommand = (): Command =>
  control('cancel', 'Cancels batches: from the answer on nothing more is bought. What was made is kept.');
/** `i2m batches pause`. */
export const pauseCommand = (): Command =>
  control('pause', 'Holds batches: files under way end, no other begins.');
/** `i2m batches resume`. */
export const resumeCommand = (): Command => control('resume', 'Lets held batches go on.');

/** `i2m batches retry`. */
export const retryCommand = (): Command =>
  defineCommand({
    name: 'retry <batch>',
    summary: 'Tries the failed files of an ended batch again, all or those of some codes.',
    examples: [
      'batches retry bat_… --quote',
      'batches retry bat_… --code provider.timeout --code provider.busy',
    ],
    flags: [
      ['--code <code...>', 'only files that failed of these codes'],
      ['--quote', 'only tell how many files it would be, and their price'],
    ],
    options: { code: z.array(z.string()).optional(), quote: z.boolean().default(false) },
    run: async (context, { code, quote }, [id = '']) => {
      if (quote) {
        const answer = await context.batches().quoteRetry(id, code);
        context.terminal.result(
          answer,
          () => `${counted(answer.files, 'file')}, about ${usd(answer.cost.estimated_usd)}`,
        );
        return undefined;
      }
      const batch = await context.batches().retry(id, code);
      context.terminal.result(batch, () => batchText(context.terminal, batch));
      return undefined;
    },
  });

/** `i2m batches audit`. */
export const auditCommand = (): Command =>
  defineCommand({
    name: 'audit <batch>',
    summary:
      'Checks that everything about a batch adds up: counts, money, checksums. Ends with 1 when it does not.',
    examples: ['batches audit bat_…'],
    options: {},
    run: async (context, _options, [id = '']) => {
      const audit = await context.batches().audit(id);
      const { terminal } = context;
      terminal.result(audit, () =>
        terminal.table(
          [
            { title: 'CHECK', of: ({ name }) => name },
            { title: 'OK', of: ({ ok }) => (ok ? 'yes' : 'NO'), tone: ({ ok }) => (ok ? 'good' : 'bad') },
            { title: 'FOUND', of: ({ detail }) => detail, flexible: true },
          ],
          audit.checks,
          'Nothing was checked.',
        ),
      );
      return audit.ok ? exitCodes.ok : exitCodes.workFailed;
    },
  });
