import type { Command } from 'commander';
import { z } from 'zod';
import { defineCommand } from '../define-command.js';
import { examine } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import { exitCodes } from '../exit-codes.js';
import { counted } from '../output/format.js';
import { inert, pad } from '../output/text-width.js';
import type { Terminal } from '../output/terminal.js';

/** `i2m doctor`. */
export const doctorCommand = (): Command =>
  defineCommand({
    name: 'doctor',
    summary:
      'Checks a set-up from this machine to the last service and says what to do. Ends with 1 when something is wrong.',
    examples: ['doctor', 'doctor --out models', 'doctor --profile production --json'],
    flags: [['-o, --out <dir>', 'where models are to go (default: here)']],
    options: { out: z.string().default('.') },
    run: async (context, { out }) => {
      const findings = await examine(context, out);
      const problems = findings.filter(({ state }) => state === 'problem').length;
      context.terminal.result({ ok: problems === 0, findings }, () =>
        textOf(context.terminal, findings, problems),
      );
      return problems === 0 ? exitCodes.ok : exitCodes.workFailed;
    },
  });

const marks = { ok: '✓', warning: '!', problem: '✗' } as const;
const tones = { ok: 'good', warning: 'warn', problem: 'bad' } as const;

function textOf({ paint }: Terminal, findings: readonly Finding[], problems: number): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, state, detail, todo }) => [
    `${paint(marks[state], tones[state])} ${pad(check, width)}  ${inert(detail)}`,
    ...(todo === undefined ? [] : [`  ${pad('', width)}  → ${inert(todo)}`]),
  ]);
  const warnings = findings.filter(({ state }) => state === 'warning').length;
  const end =
    problems + warnings === 0
      ? 'All is well.'
      : `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}`;
  return [...lines, end].join('\n');
}
