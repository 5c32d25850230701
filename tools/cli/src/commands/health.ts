import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { healthHistorySchema, jobAskedSchema, type HealthReportView } from '@image2model/contracts';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { defineCommand } from '../define-command.js';
import { exitCodes } from '../exit-codes.js';
import { ago } from '../output/format.js';
import { toneOf } from '../output/paint.js';
import { inert } from '../output/text-width.js';
import type { Terminal } from '../output/terminal.js';

/** `i2m health`. */
export const healthCommand = (): Command =>
  defineCommand({
    name: 'health',
    summary: 'The last health check, with its reasons and what to do. Ends with 1 unless it is healthy.',
    examples: ['health', 'health --run', 'health --history'],
    flags: [
      ['--run', 'check now, and wait for the report'],
      ['--history', 'the checks before as well'],
    ],
    options: { run: z.boolean().default(false), history: z.boolean().default(false) },
    run: async (context, { run, history }) => {
      const report = run ? await checkNow(context) : await latest(context);
      if (report === undefined)
        throw new CliError(exitCodes.workFailed, 'There was no health check yet.', {
          hint: '`i2m health --run` makes one; is the maintenance-worker running?',
        });
      if (history) showHistory(context, await reports(context, 100));
      else context.terminal.result(report, () => reportText(context.terminal, report));
      return report.status === 'healthy' ? exitCodes.ok : exitCodes.workFailed;
    },
  });

const reports = async (context: Context, limit: number): Promise<HealthReportView[]> =>
  (await context.ops().get(`health?limit=${limit}`, healthHistorySchema)).data;
const latest = async (context: Context): Promise<HealthReportView | undefined> =>
  (await reports(context, 1))[0];

const waitMs = 30_000;

/** Asks for a check and waits until there is a newer report. @throws CliError when none comes */
export async function checkNow(context: Context): Promise<HealthReportView> {
  const before = await latest(context);
  await context.ops().call('POST', 'maintenance/health-check', jobAskedSchema);
  for (const untilMs = Date.now() + waitMs; Date.now() < untilMs; await sleep(250)) {
    const report = await latest(context);
    if (report !== undefined && report.checked_at !== before?.checked_at) return report;
  }
  throw new CliError(exitCodes.workFailed, 'No report came within 30 s.', {
    hint: 'Is the maintenance-worker running? `i2m workers list`',
  });
}

export function reportText({ paint }: Terminal, { status, checked_at, reasons }: HealthReportView): string {
  const head = `${paint(status, toneOf(status))}  checked ${ago(checked_at, Date.now())}`;
  return [
    head,
    ...reasons.map(
      ({ code, severity, message }) => `  ${paint(severity, toneOf(severity))}  ${code}: ${inert(message)}`,
    ),
  ].join('\n');
}

function showHistory({ terminal }: Context, all: readonly HealthReportView[]): void {
  terminal.result(all, () =>
    terminal.table(
      [
        { title: 'CHECKED', of: ({ checked_at }) => checked_at },
        { title: 'STATUS', of: ({ status }) => status, tone: ({ status }) => toneOf(status) },
        { title: 'WHY', of: ({ reasons }) => reasons.map(({ code }) => code).join(', '), flexible: true },
      ],
      all,
      'There was no health check yet.',
    ),
  );
}
