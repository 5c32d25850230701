import type { Command } from 'commander';
import { defineCommand } from '../define-command.js';
import { duration, grouped } from '../output/format.js';
import { noWorker, readWorkers, serviceFlag, serviceOption } from './read-workers.js';

/** `i2m inspect stats`. */
export const statsCommand = (): Command =>
  defineCommand({
    name: 'stats',
    summary: 'How each process is: memory, CPU, event loop, clock, and what it has handled since its start.',
    examples: ['inspect stats', 'inspect stats --json'],
    flags: [serviceFlag],
    options: serviceOption,
    run: async (context, { service }) => {
      const nowMs = Date.now();
      const rows = (await readWorkers(context, service)).map(
        ({ id, service: of, started_at, version, log_level, stats }) => ({
          id,
          service: of,
          started_at,
          version,
          log_level,
          ...stats,
        }),
      );
      context.terminal.result(rows, () =>
        context.terminal.table(
          [
            { title: 'WORKER', of: ({ id }) => id },
            {
              title: 'UP',
              of: ({ started_at }) => duration((nowMs - Date.parse(started_at)) / 1_000),
              align: 'right',
            },
            { title: 'MB', of: ({ rss_mb }) => String(Math.round(rss_mb)), align: 'right' },
            { title: 'CPU', of: ({ cpu_percent }) => `${Math.round(cpu_percent)} %`, align: 'right' },
            {
              title: 'LOOP',
              of: ({ loop_delay_ms }) => `${Math.round(loop_delay_ms)} ms`,
              align: 'right',
              tone: ({ loop_delay_ms }) => (loop_delay_ms > 500 ? 'warn' : undefined),
            },
            {
              title: 'CLOCK',
              of: ({ clock_skew_ms }) => `${Math.round(clock_skew_ms)} ms`,
              align: 'right',
              tone: ({ clock_skew_ms }) => (Math.abs(clock_skew_ms) > 5_000 ? 'bad' : undefined),
            },
            {
              title: 'HANDLED',
              of: ({ handled }) =>
                Object.entries(handled)
                  .map(([task, times]) => `${task} ${grouped(times)}`)
                  .join(', '),
              flexible: true,
            },
          ],
          rows,
          noWorker,
        ),
      );
      return undefined;
    },
  });
