import type { Command } from 'commander';
import { opsWorkerSchema, type OpsWorker } from '@image2model/contracts';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { choiceFlag, defineCommand, defineGroup } from '../define-command.js';
import { exitCodes } from '../exit-codes.js';
import { ago, duration } from '../output/format.js';
import { toneOf } from '../output/paint.js';
import type { Terminal } from '../output/terminal.js';
import { readWorkers } from './read-workers.js';

/** `i2m workers`. */
export const workersCommand = (): Command =>
  defineGroup('workers', 'Processes of all services: list, drain, resume.', [
    listCommand(),
    drainCommand(),
    resumeCommand(),
  ]);

function workersText(terminal: Terminal, workers: readonly OpsWorker[]): string {
  const nowMs = Date.now();
  return terminal.table(
    [
      { title: 'WORKER', of: ({ id }) => id },
      { title: 'SERVICE', of: ({ service }) => service },
      { title: 'STATE', of: ({ state }) => state, tone: ({ state }) => toneOf(state) },
      {
        title: 'ACTIVE',
        of: ({ active_count, slots }) => (slots > 0 ? `${active_count} of ${slots}` : String(active_count)),
        align: 'right',
      },
      {
        title: 'UP',
        of: ({ started_at }) => duration((nowMs - Date.parse(started_at)) / 1_000),
        align: 'right',
      },
      { title: 'SEEN', of: ({ seen_at }) => ago(seen_at, nowMs), align: 'right' },
      { title: 'VERSION', of: ({ version }) => version },
      { title: 'HOST', of: ({ host, pid }) => `${host}:${pid}`, flexible: true },
    ],
    workers,
    'No process is alive; `npm start` starts them.',
  );
}

const listCommand = (): Command =>
  defineCommand({
    name: 'list',
    summary: 'Every live process.',
    examples: ['workers list', 'workers list --service model-worker --json'],
    flags: [['--service <name>', 'only of this service']],
    options: { service: z.string().optional() },
    run: async (context, { service }) => {
      const workers = await readWorkers(context, service);
      context.terminal.result(workers, () => workersText(context.terminal, workers));
      return undefined;
    },
  });

/** The beginning of an id will do. @throws CliError unless it is that of exactly one */
async function oneWorker(context: Context, start: string): Promise<OpsWorker> {
  const all = await readWorkers(context);
  const exact = all.find(({ id }) => id === start);
  const matching = all.filter(({ id }) => id.startsWith(start));
  const [worker] = matching;
  if (exact !== undefined) return exact;
  if (worker !== undefined && matching.length === 1) return worker;
  const what =
    matching.length === 0
      ? `There is no worker "${start}".`
      : `"${start}" is the beginning of ${matching.length} workers.`;
  throw new CliError(exitCodes.notFound, what, {
    code: 'unknown_worker',
    hint: `There are: ${all.map(({ id }) => id).join(', ') || 'none'}`,
  });
}

const drainCommand = (): Command =>
  defineCommand({
    name: 'drain <worker>',
    summary:
      'Tells a process to take nothing more and to hand over what it has; then it ends and is started anew, or stays idle.',
    examples: [
      'workers drain model-worker-1a2b --confirm',
      'workers drain model-worker-1a2b --then idle --confirm',
    ],
    flags: [
      ['--then <what>', 'restart (default) or idle', choiceFlag(['restart', 'idle'])],
      ['--confirm', 'do not ask'],
    ],
    options: { then: z.string().default('restart'), confirm: z.boolean().optional() },
    run: async (context, { then, confirm }, [start = '']) => {
      const { id } = await oneWorker(context, start);
      await context.confirm(`This drains ${id}.`, confirm);
      const worker = await context
        .ops()
        .call('POST', `workers/${encodeURIComponent(id)}/drain`, opsWorkerSchema, { then, confirm: id });
      context.terminal.result(
        worker,
        () => `${id} drains, then ${then === 'idle' ? 'waits until `i2m workers resume`' : 'starts anew'}`,
      );
      return undefined;
    },
  });

const resumeCommand = (): Command =>
  defineCommand({
    name: 'resume <worker>',
    summary: 'Lets a drained process take work again.',
    examples: ['workers resume model-worker-1a2b'],
    options: {},
    run: async (context, _options, [start = '']) => {
      const { id } = await oneWorker(context, start);
      const worker = await context
        .ops()
        .call('POST', `workers/${encodeURIComponent(id)}/resume`, opsWorkerSchema);
      context.terminal.result(worker, () => `${id} takes work again`);
      return undefined;
    },
  });
