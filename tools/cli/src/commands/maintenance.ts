import type { Command } from 'commander';
import { jobAskedSchema, scheduleListSchema, type ScheduleView } from '@image2model/contracts';
import { z } from 'zod';
import { defineCommand, defineGroup } from '../define-command.js';
import { ago, clock } from '../output/format.js';

/** `i2m maintenance`. */
export const maintenanceCommand = (): Command =>
  defineGroup('maintenance', 'Upkeep: schedules, and jobs run now by hand.', [
    cleanUpCommand(),
    healthCheckCommand(),
    schedulesCommand(),
  ]);

const cleanUpCommand = (): Command =>
  defineCommand({
    name: 'clean-up',
    summary:
      'Deletes now what is past its retention. --emergency deletes the oldest ended batches before theirs, until the disk is below its mark.',
    examples: ['maintenance clean-up --confirm', 'maintenance clean-up --emergency --confirm'],
    flags: [
      ['--emergency', 'also what is not past its retention'],
      ['--confirm', 'do not ask'],
    ],
    options: { emergency: z.boolean().default(false), confirm: z.boolean().optional() },
    run: async (context, { emergency, confirm }) => {
      await context.confirm(
        emergency ? 'This deletes results before their time.' : 'This deletes results past their retention.',
        confirm,
      );
      const asked = await context
        .ops()
        .call('POST', 'maintenance/clean-up', jobAskedSchema, { emergency, confirm: true });
      context.terminal.result(
        asked,
        () => `${asked.job} is asked for; \`i2m maintenance schedules\` tells what came of it`,
      );
      return undefined;
    },
  });

const healthCheckCommand = (): Command =>
  defineCommand({
    name: 'health-check',
    summary: 'Asks for a health check now; `i2m health --run` waits for its report.',
    examples: ['maintenance health-check'],
    options: {},
    run: async (context) => {
      const asked = await context.ops().call('POST', 'maintenance/health-check', jobAskedSchema);
      context.terminal.result(asked, () => `${asked.job} is asked for; \`i2m health\` shows its report`);
      return undefined;
    },
  });

const lastText = ({ last_run }: ScheduleView, nowMs: number): string =>
  last_run === null ? 'never' : `${last_run.outcome} ${ago(last_run.at, nowMs)} in ${last_run.took_ms} ms`;

const schedulesCommand = (): Command =>
  defineCommand({
    name: 'schedules',
    summary: 'Every job: when it runs, what came of the last run, when the next one is.',
    examples: ['maintenance schedules'],
    options: {},
    run: async (context) => {
      const { data } = await context.ops().get('schedules', scheduleListSchema);
      const nowMs = Date.now();
      context.terminal.result(data, () =>
        context.terminal.table(
          [
            { title: 'JOB', of: ({ job }) => job },
            { title: 'WHEN', of: ({ when }) => when },
            { title: 'NEXT', of: ({ next_run }) => (next_run === null ? '—' : clock(next_run)) },
            {
              title: 'LAST',
              of: (row) => lastText(row, nowMs),
              tone: ({ last_run }) => (last_run?.outcome === 'failed' ? 'bad' : undefined),
            },
            { title: 'DETAIL', of: ({ last_run }) => last_run?.detail ?? '', flexible: true },
          ],
          data,
          'There is no timetable yet; is the maintenance-worker running?',
        ),
      );
      return undefined;
    },
  });
