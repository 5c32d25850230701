import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import {
  deadLetterListSchema,
  deadLetterSchema,
  deadLetterStates,
  type DeadLetterView,
} from '@image2model/contracts';
import { z } from 'zod';
import { allPages } from '../api/pages.js';
import { CliError } from '../cli-error.js';
import { choiceFlag, defineCommand, defineGroup, numberFlag } from '../define-command.js';
import { exitCodes } from '../exit-codes.js';
import { ago, clock, counted } from '../output/format.js';
import { toneOf } from '../output/paint.js';
import { inert } from '../output/text-width.js';

/** `i2m dead-letters`. */
export const deadLettersCommand = (): Command =>
  defineGroup('dead-letters', 'Messages that could not be handled: list, show, redrive, discard.', [
    listCommand(),
    showCommand(),
    redriveCommand(),
    discardCommand(),
  ]);

const touchedSchema = z.object({ count: z.number() });
const letterPath = (id: string): string => `dead-letters/${encodeURIComponent(id)}`;
const queryOf = (fields: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`&${name}=${encodeURIComponent(value)}`]))
    .join('');

const listCommand = (): Command =>
  defineCommand({
    name: 'list',
    summary: 'Dead letters, the newest first; the open ones unless another state is asked for.',
    examples: ['dead-letters list', 'dead-letters list --state redriven --json'],
    flags: [
      ['--state <state>', deadLetterStates.join(', '), choiceFlag(deadLetterStates)],
      ['--queue <name>', 'only of this queue'],
      ['--limit <n>', 'how many (default 50)', numberFlag({ min: 1, max: 10_000 })],
    ],
    options: { state: z.string().optional(), queue: z.string().optional(), limit: z.number().default(50) },
    run: async (context, { state, queue, limit }) => {
      const rest = queryOf({ state, queue });
      const rows = await allPages(
        (query) => context.ops().get(`dead-letters?${query}${rest}`, deadLetterListSchema),
        limit,
      );
      const nowMs = Date.now();
      context.terminal.result(rows, () =>
        context.terminal.table(
          [
            { title: 'ID', of: ({ id }) => id },
            { title: 'WHEN', of: ({ at }) => ago(at, nowMs), align: 'right' },
            { title: 'STATE', of: (letter) => letter.state, tone: (letter) => toneOf(letter.state) },
            { title: 'QUEUE', of: (letter) => letter.queue },
            { title: 'REASON', of: ({ reason }) => reason, flexible: true },
            { title: 'DETAIL', of: ({ detail }) => detail ?? '', flexible: true },
          ],
          rows,
          `There is no ${state ?? 'open'} dead letter.`,
        ),
      );
      return undefined;
    },
  });

function letterText(letter: DeadLetterView): string {
  const { id, state, at, queue, reason, message_id, batch_id, file_idx, detail, headers, body } = letter;
  return [
    `${id}  ${state}`,
    `when      ${clock(at)}`,
    `queue     ${queue}`,
    `reason    ${inert(reason)}`,
    `message   ${inert(message_id)}`,
    ...(batch_id === null ? [] : [`file      ${batch_id}${file_idx === null ? '' : ` file ${file_idx}`}`]),
    ...(detail === null ? [] : [`detail    ${inert(detail)}`]),
    ...Object.entries(headers ?? {}).map(
      ([name, value]) => `header    ${name}: ${inert(JSON.stringify(value) ?? '')}`,
    ),
    ...(body === undefined ? [] : ['', body.split('\n').map(inert).join('\n')]),
  ].join('\n');
}

const showCommand = (): Command =>
  defineCommand({
    name: 'show <id>',
    summary: 'One dead letter with its headers and body.',
    examples: ['dead-letters show 1789…-0', 'dead-letters show 1789…-0 --json | jq -r .body > message.json'],
    options: {},
    run: async (context, _options, [id = '']) => {
      const letter = await context.ops().get(letterPath(id), deadLetterSchema);
      context.terminal.result(letter, () => letterText(letter));
      return undefined;
    },
  });

const redriveCommand = (): Command =>
  defineCommand({
    name: 'redrive [id]',
    summary: 'Has dead letters handled again: one, one with a repaired message, or all that are open.',
    examples: [
      'dead-letters redrive 1789…-0',
      'dead-letters redrive 1789…-0 --body repaired.json',
      'dead-letters redrive --all --queue model-worker.model.generate.low --confirm',
    ],
    flags: [
      ['--body <file>', 'the repaired message, instead of the one that died'],
      ['--all', 'all that are open'],
      ['--queue <name>', 'with --all: only of this queue'],
      ['--reason <text>', 'with --all: only whose reason begins so'],
      ['--confirm', 'do not ask'],
    ],
    options: {
      body: z.string().optional(),
      all: z.boolean().default(false),
      queue: z.string().optional(),
      reason: z.string().optional(),
      confirm: z.boolean().optional(),
    },
    run: async (context, { body, all, queue, reason, confirm }, [id]) => {
      if (all === (id !== undefined)) throw oneOrAll();
      if (id !== undefined) {
        const repaired = body === undefined ? {} : { body: readBody(body) };
        const letter = await context
          .ops()
          .call('POST', `${letterPath(id)}/redrive`, deadLetterSchema, repaired);
        context.terminal.result(
          letter,
          () =>
            `${letter.id} is being redriven; \`i2m dead-letters show ${letter.id}\` tells what came of it`,
        );
        return undefined;
      }
      await context.confirm('This redrives all open dead letters.', confirm);
      const { count } = await context
        .ops()
        .call('POST', 'dead-letters:redrive', touchedSchema, { confirm: true, queue, reason });
      context.terminal.result(
        { count },
        () => `${counted(count, 'dead letter is', 'dead letters are')} being redriven`,
      );
      return undefined;
    },
  });

const discardCommand = (): Command =>
  defineCommand({
    name: 'discard [id]',
    summary: 'Gives dead letters up: one, or all that are open. They stay listed for a while.',
    examples: ['dead-letters discard 1789…-0 --confirm', 'dead-letters discard --all --confirm'],
    flags: [
      ['--all', 'all that are open'],
      ['--queue <name>', 'with --all: only of this queue'],
      ['--confirm', 'do not ask'],
    ],
    options: {
      all: z.boolean().default(false),
      queue: z.string().optional(),
      confirm: z.boolean().optional(),
    },
    run: async (context, { all, queue, confirm }, [id]) => {
      if (all === (id !== undefined)) throw oneOrAll();
      await context.confirm(`This gives up ${id ?? 'all open dead letters'}.`, confirm);
      if (id !== undefined) {
        const letter = await context.ops().call('DELETE', `${letterPath(id)}?confirm=true`, deadLetterSchema);
        context.terminal.result(letter, () => `${letter.id} is ${letter.state}`);
        return undefined;
      }
      const { count } = await context
        .ops()
        .call('DELETE', `dead-letters?confirm=true${queryOf({ queue })}`, touchedSchema);
      context.terminal.result({ count }, () => `${counted(count, 'dead letter')} discarded`);
      return undefined;
    },
  });

const oneOrAll = (): CliError =>
  new CliError(exitCodes.usage, 'Give the id of a dead letter, or --all.', {
    hint: '`i2m dead-letters list` has the ids.',
  });

function readBody(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new CliError(exitCodes.usage, `--body ${file}: the file cannot be read.`, { cause });
  }
}
