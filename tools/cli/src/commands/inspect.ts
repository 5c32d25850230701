import type { Command } from 'commander';
import type { ActiveTask } from '@image2model/contracts';
import { defineCommand, defineGroup } from '../define-command.js';
import { ago, counted, grouped } from '../output/format.js';
import { toneOf } from '../output/paint.js';
import { queuesCommand } from './inspect-queues.js';
import { statsCommand } from './inspect-stats.js';
import { tasksCommand } from './inspect-tasks.js';
import { noWorker, readWorkers, serviceFlag, serviceOption } from './read-workers.js';

/** `i2m inspect`: what the processes do, have and are, and what is in the queues. */
export const inspectCommand = (): Command =>
  defineGroup(
    'inspect',
    'Looks into the running system: active, reserved, registered, stats, queues, tasks.',
    [
      activeCommand(),
      reservedCommand(),
      registeredCommand(),
      statsCommand(),
      queuesCommand(),
      tasksCommand(),
    ],
  );

const activeCommand = (): Command =>
  defineCommand({
    name: 'active',
    summary: 'The messages that are in work now, and who has them.',
    examples: ['inspect active', 'inspect active --service model-worker --json'],
    flags: [serviceFlag],
    options: serviceOption,
    run: async (context, { service }) => {
      const workers = await readWorkers(context, service);
      const rows = workers.flatMap(({ id, active }) =>
        active.map((task): ActiveTask & { worker: string } => ({ ...task, worker: id })),
      );
      const beyond = workers.reduce((sum, { active, active_count }) => sum + active_count - active.length, 0);
      const nowMs = Date.now();
      context.terminal.result(rows, () =>
        [
          context.terminal.table(
            [
              { title: 'WORKER', of: ({ worker }) => worker },
              { title: 'TASK', of: ({ task }) => task },
              { title: 'SINCE', of: ({ since }) => ago(since, nowMs), align: 'right' },
              { title: 'BATCH', of: ({ batch_id }) => batch_id ?? '' },
              {
                title: 'FILE',
                of: ({ file_idx }) => (file_idx === null ? '' : String(file_idx)),
                align: 'right',
              },
              { title: 'WAITS', of: ({ resting }) => (resting ? 'yes' : '') },
              { title: 'MESSAGE', of: ({ message_id }) => message_id, flexible: true },
            ],
            rows,
            'Nothing is in work.',
          ),
          ...(beyond > 0 ? [`… and ${counted(beyond, 'more', 'more')}`] : []),
        ].join('\n'),
      );
      return undefined;
    },
  });

const reservedCommand = (): Command =>
  defineCommand({
    name: 'reserved',
    summary: 'How many messages each process holds without working on them yet.',
    examples: ['inspect reserved'],
    flags: [serviceFlag],
    options: serviceOption,
    run: async (context, { service }) => {
      const rows = (await readWorkers(context, service)).map(
        ({ id, service: of, state, slots, active_count, reserved_count }) => ({
          id,
          service: of,
          state,
          slots,
          active_count,
          reserved_count,
        }),
      );
      context.terminal.result(rows, () =>
        context.terminal.table(
          [
            { title: 'WORKER', of: ({ id }) => id },
            { title: 'STATE', of: ({ state }) => state, tone: ({ state }) => toneOf(state) },
            { title: 'SLOTS', of: ({ slots }) => String(slots), align: 'right' },
            { title: 'ACTIVE', of: ({ active_count }) => grouped(active_count), align: 'right' },
            { title: 'RESERVED', of: ({ reserved_count }) => grouped(reserved_count), align: 'right' },
          ],
          rows,
          noWorker,
        ),
      );
      return undefined;
    },
  });

const registeredCommand = (): Command =>
  defineCommand({
    name: 'registered',
    summary: 'Which tasks each process takes, from which queue, and how many at a time.',
    examples: ['inspect registered --service batch-orchestrator'],
    flags: [serviceFlag],
    options: serviceOption,
    run: async (context, { service }) => {
      const rows = (await readWorkers(context, service)).flatMap(({ id, registered }) =>
        registered.map((task) => ({ worker: id, ...task })),
      );
      context.terminal.result(rows, () =>
        context.terminal.table(
          [
            { title: 'WORKER', of: ({ worker }) => worker },
            { title: 'TASK', of: ({ task }) => task },
            { title: 'QUEUE', of: ({ queue }) => queue },
            {
              title: 'PREFETCH',
              of: ({ prefetch, prefetch_most }) =>
                prefetch === prefetch_most ? String(prefetch) : `${prefetch}–${prefetch_most}`,
              align: 'right',
            },
            { title: 'MAY REST', of: ({ rest_most }) => String(rest_most), align: 'right' },
          ],
          rows,
          noWorker,
        ),
      );
      return undefined;
    },
  });
