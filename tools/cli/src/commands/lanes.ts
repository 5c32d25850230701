import type { Command } from 'commander';
import { opsLaneListSchema, opsLaneSchema, type OpsLane } from '@image2model/contracts';
import { z } from 'zod';
import { defineCommand, defineGroup } from '../define-command.js';
import { ago, grouped } from '../output/format.js';
import type { Terminal } from '../output/terminal.js';

/** `i2m lanes`. */
export const lanesCommand = (): Command =>
  defineGroup('lanes', 'Lanes of priority: list, pause, resume.', [
    defineCommand({
      name: 'list',
      summary: 'The lanes, what waits in them, and who stopped them.',
      examples: ['lanes list'],
      options: {},
      run: async (context) => {
        const { data } = await context.ops().get('lanes', opsLaneListSchema);
        context.terminal.result(data, () => lanesText(context.terminal, data));
        return undefined;
      },
    }),
    control('pause', 'Begins nothing more of a lane, whoever’s; what is in work goes on.'),
    control('resume', 'Lets a paused lane go on.'),
  ]);

function lanesText(terminal: Terminal, lanes: readonly OpsLane[]): string {
  const nowMs = Date.now();
  return terminal.table(
    [
      { title: 'LANE', of: ({ lane }) => lane },
      {
        title: 'STATE',
        of: ({ paused }) => (paused === null ? 'open' : 'paused'),
        tone: ({ paused }) => (paused === null ? 'good' : 'warn'),
      },
      { title: 'READY', of: ({ ready }) => (ready === null ? '?' : grouped(ready)), align: 'right' },
      { title: 'BATCHES', of: ({ batches }) => grouped(batches), align: 'right' },
      {
        title: 'WHY',
        of: ({ paused }) =>
          paused === null ? '' : `${paused.detail} (${paused.by}, ${ago(paused.since, nowMs)})`,
        flexible: true,
      },
    ],
    lanes,
    'There is no lane.',
  );
}

function control(action: 'pause' | 'resume', summary: string): Command {
  return defineCommand({
    name: `${action} <lane>`,
    summary,
    examples:
      action === 'pause' ? ['lanes pause low --detail "the high lane is late"'] : ['lanes resume low'],
    flags: action === 'pause' ? [['--detail <text>', 'why, for others']] : [],
    options: { detail: z.string().optional() },
    run: async (context, { detail }, [lane = '']) => {
      const body = action === 'pause' ? { detail } : undefined;
      const now = await context
        .ops()
        .call('POST', `lanes/${encodeURIComponent(lane)}/${action}`, opsLaneSchema, body);
      context.terminal.result(now, () => lanesText(context.terminal, [now]));
      return undefined;
    },
  });
}
