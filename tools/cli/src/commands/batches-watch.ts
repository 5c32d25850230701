import type { Command } from 'commander';
import { eventDataSchemas } from '@image2model/contracts';
import { batchPath } from '../api/batches-api.js';
import { followStream } from '../api/follow-stream.js';
import { isEnded, type BatchView } from '../api/views.js';
import type { Context } from '../context.js';
import { defineCommand } from '../define-command.js';
import { exitCodes } from '../exit-codes.js';
import { batchText } from './batches-show.js';
import { eventLine } from './event-line.js';

/** `i2m batches watch`. */
export const watchCommand = (): Command =>
  defineCommand({
    name: 'watch <batch>',
    summary:
      'Shows what happens in a batch until it has ended; over a broken line too. Ends with 1 when files failed.',
    examples: ['batches watch bat_…', 'batches watch bat_… --json | jq .event'],
    options: {},
    run: async (context, _options, [id = '']) => {
      const before = await context.batches().get(id);
      if (!isEnded(before)) await watch(context, before);
      const batch = await context.batches().get(id);
      if (!context.terminal.json) context.terminal.line(batchText(context.terminal, batch));
      else context.terminal.jsonLine({ event: 'batch', data: batch });
      return batch.status === 'completed' ? exitCodes.ok : exitCodes.workFailed;
    },
  });

async function watch({ api, terminal, batches }: Context, { id, run }: BatchView): Promise<void> {
  let last = '';
  await followStream(api(), {
    path: `${batchPath(id)}/events`,
    onEvent: ({ id: eventId, event, data }) => {
      if (terminal.json) terminal.jsonLine({ event, id: eventId, data });
      else {
        const line = eventLine(event, data);
        if (line !== null && line !== last) terminal.line(line);
        last = line ?? last;
      }
      const ended = event === 'batch.completed' ? eventDataSchemas[event].safeParse(data) : undefined;
      return ended?.success === true && ended.data.run >= run;
    },
    onGap: async () => isEnded(await batches().get(id)),
  });
}
