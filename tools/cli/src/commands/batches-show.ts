import type { Command } from 'commander';
import { batchStatuses, fileStatuses, type BatchFile } from '@image2model/contracts';
import { z } from 'zod';
import type { BatchView } from '../api/views.js';
import { choiceFlag, defineCommand, numberFlag } from '../define-command.js';
import { ago, between, byteSize, clock, counted, duration, grouped, usd } from '../output/format.js';
import { inert } from '../output/text-width.js';
import { toneOf } from '../output/paint.js';
import type { Column } from '../output/table.js';
import type { Terminal } from '../output/terminal.js';

const batchColumns = (nowMs: number): Column<BatchView>[] => [
  { title: 'ID', of: ({ id }) => id },
  { title: 'STATUS', of: ({ status }) => status, tone: ({ status }) => toneOf(status) },
  {
    title: 'DONE',
    of: ({ counts, total_files }) => `${grouped(counts.completed)}/${grouped(total_files)}`,
    align: 'right',
  },
  {
    title: 'FAILED',
    of: ({ counts }) => grouped(counts.failed),
    align: 'right',
    tone: ({ counts }) => (counts.failed > 0 ? 'bad' : undefined),
  },
  { title: 'COST', of: ({ cost }) => usd(cost.actual_usd), align: 'right' },
  { title: 'CREATED', of: ({ created_at }) => ago(created_at, nowMs) },
  { title: 'PROVIDER', of: ({ provider }) => provider },
  { title: 'NAME', of: ({ name }) => name ?? '', flexible: true },
];

/** `i2m batches list`. */
export const listCommand = (): Command =>
  defineCommand({
    name: 'list',
    summary: 'The newest batches of this key.',
    examples: ['batches list', 'batches list --status processing --json'],
    flags: [
      ['--status <status>', batchStatuses.join(', '), choiceFlag(batchStatuses)],
      ['--limit <n>', 'how many (default 20)', numberFlag({ min: 1, max: 10_000 })],
    ],
    options: { status: z.string().optional(), limit: z.number().default(20) },
    run: async (context, { status, limit }) => {
      const found = await context.batches().list(limit, status);
      const empty = `There is no ${status === undefined ? '' : `${status} `}batch. \`i2m generate DIR --out DIR\` makes one.`;
      context.terminal.result(found, () => context.terminal.table(batchColumns(Date.now()), found, empty));
      return undefined;
    },
  });

const fileColumns: Column<BatchFile>[] = [
  { title: 'IDX', of: ({ idx }) => String(idx), align: 'right' },
  { title: 'STATUS', of: ({ status }) => status, tone: ({ status }) => toneOf(status) },
  { title: 'PROGRESS', of: ({ progress }) => `${Math.round(progress)} %`, align: 'right' },
  { title: 'TRIES', of: ({ attempts }) => String(attempts), align: 'right' },
  { title: 'COST', of: ({ cost_usd }) => usd(cost_usd), align: 'right' },
  { title: 'NAME', of: ({ name }) => name ?? '', flexible: true },
  { title: 'WHAT', of: whatOf, flexible: true },
];

function whatOf({ error, model, waiting_for, stage }: BatchFile): string {
  if (error !== null) return `${error.code}: ${error.message}`;
  if (model !== null) return `${grouped(model.faces)} faces, ${byteSize(model.bytes)}`;
  return waiting_for?.detail ?? stage ?? '';
}

/** `i2m batches show`. */
export const showCommand = (): Command =>
  defineCommand({
    name: 'show <batch>',
    summary: 'One batch with its files: what each of them does, waits for, or failed of.',
    examples: ['batches show bat_…', 'batches show bat_… --status failed', 'batches show bat_… --all --json'],
    flags: [
      ['--status <status>', `files that are ${fileStatuses.join(', ')}`, choiceFlag(fileStatuses)],
      ['--all', 'all files, not only the first 50'],
    ],
    options: { status: z.string().optional(), all: z.boolean().default(false) },
    run: async (context, { status, all }, [id = '']) => {
      const batch = await context.batches().get(id);
      const files = await context.batches().files(id, status);
      const shown = all || context.terminal.json ? files : files.slice(0, 50);
      context.terminal.result({ ...batch, files: shown }, () => {
        const more =
          files.length > shown.length
            ? `\n… and ${counted(files.length - shown.length, 'more', 'more')}: --all`
            : '';
        const rows = context.terminal.table(fileColumns, shown, 'There is no such file.');
        return `${batchText(context.terminal, batch)}\n\n${rows}${more}`;
      });
      return undefined;
    },
  });

/** A batch as a person wants to know it. */
export function batchText({ paint }: Terminal, batch: BatchView): string {
  const { id, name, status, counts, total_files, cost, created_at, completed_at, eta_seconds, hold, run } =
    batch;
  const eta = between(eta_seconds);
  const took =
    completed_at === null
      ? ''
      : `, took ${duration((Date.parse(completed_at) - Date.parse(created_at)) / 1_000)}`;
  const budget = cost.budget_usd === null ? '' : ` of at most ${usd(cost.budget_usd)}`;
  return [
    `${paint(id, 'strong')}  ${paint(status, toneOf(status))}${name === null ? '' : `  ${inert(name)}`}`,
    `files     ${grouped(counts.completed)} of ${grouped(total_files)} completed, ${counts.running} running, ${counts.pending} pending, ${counts.failed} failed, ${counts.cancelled} cancelled`,
    `cost      ${usd(cost.actual_usd)}${budget} (estimated ${usd(cost.estimated_usd)})`,
    `created   ${clock(created_at)}${took}${run > 1 ? `, run ${run}` : ''}`,
    `made by   ${batch.provider}, priority ${batch.priority}`,
    ...(hold === null
      ? []
      : [paint(`held      ${inert(hold.detail)} (${hold.reason}, since ${clock(hold.since)})`, 'warn')]),
    ...(eta === '' ? [] : [`to go     ${eta}`]),
  ].join('\n');
}
