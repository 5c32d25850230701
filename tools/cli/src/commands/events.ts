import type { Command } from 'commander';
import { opsEventSchema } from '@image2model/contracts';
import { z } from 'zod';
import { followStream } from '../api/follow-stream.js';
import { defineCommand, numberFlag } from '../define-command.js';
import { exitCodes } from '../exit-codes.js';
import { clock } from '../output/format.js';
import { inert, pad } from '../output/text-width.js';

const fileEventSchema = z.object({
  batch_id: z.string().optional(),
  idx: z.number(),
  error: z.object({ message: z.string() }).nullish(),
});

/** `i2m events`. */
export const eventsCommand = (): Command =>
  defineCommand({
    name: 'events',
    summary: 'What happens to the installation, as it happens: the last 100 events first. Ctrl-C ends it.',
    examples: ['events', 'events --files', 'events --json | jq "select(.event == \\"alert.sent\\")"'],
    flags: [
      ['--files', 'also what happens to the files of live batches'],
      ['--for <seconds>', 'end after so long', numberFlag({ min: 1, max: 1_000_000 })],
      ['--from <id>', 'begin behind this event; 0-0 is the oldest that is kept'],
    ],
    options: { files: z.boolean().default(false), for: z.number().optional(), from: z.string().optional() },
    run: async (context, { files, for: seconds, from }) => {
      const { terminal } = context;
      const interrupted = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
      const late = seconds === undefined ? undefined : AbortSignal.timeout(seconds * 1_000);
      const signal = late === undefined ? interrupted.signal : AbortSignal.any([late, interrupted.signal]);
      try {
        await followStream(context.api(), {
          path: `/v1/ops/events${files ? '?files=true' : ''}`,
          ...(from === undefined ? {} : { from }),
          signal,
          onEvent: ({ id, event, data }) => {
            if (terminal.json) terminal.jsonLine({ event, id, data });
            else terminal.line(lineOf(event, data, (text) => terminal.paint(text, 'faint')));
            return false;
          },
        });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      return interrupted.signal.aborted ? exitCodes.interrupted : exitCodes.ok;
    },
  });

function lineOf(event: string, data: unknown, faint: (text: string) => string): string {
  const told = opsEventSchema.safeParse(data);
  if (told.success) return `${faint(clock(told.data.at))}  ${pad(event, 22)}  ${inert(told.data.message)}`;
  const file = fileEventSchema.safeParse(data);
  if (!file.success) return `${pad('', 20)}  ${event}`;
  const { batch_id, idx, error } = file.data;
  return `${pad('', 20)}  ${pad(event, 22)}  ${batch_id ?? ''} file ${idx}${error == null ? '' : `: ${inert(error.message)}`}`;
}
