import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '@image2model/testing';
import type { Option } from 'commander';
import { quotedIn, refusal, runnable, wordsOf } from '../test/support/command-lines.js';
import { createProgram } from './program.js';

const read = (path: string): string => readFileSync(join(repoRoot(), path), 'utf8');
const below = (folder: string, ending: string): string[] =>
  readdirSync(join(repoRoot(), folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !/(^|\/)(node_modules|dist|out-tsc)\//.test(name))
    .map((name) => `${folder}/${name}`);

/** What the tests of this tool do, a piece for each statement. */
const statements = below('tools/cli/test', '.int.spec.ts').flatMap((path) =>
  read(path).replace(/\s+/g, ' ').replaceAll('[ ', '[').replaceAll('( ', '(').split(';'),
);
const flagsOf = ({ long, short }: Option): string[] => [long, short].flatMap((flag) => flag ?? []);
const named = (flags: readonly string[], among: readonly string[]): boolean =>
  among.some((statement) => flags.some((flag) => statement.includes(`'${flag}'`)));
/** Those that run a command: by its words, or by a helper of its name. */
const running = (path: readonly string[]): string[] =>
  statements.filter(
    (statement) =>
      statement.includes(path.map((word) => `'${word}'`).join(', ')) ||
      statement.includes(`${path.join('.')}(`),
  );

describe('no command and no flag is without a test', () => {
  const rows = runnable().flatMap(({ path, command }) => [
    [path.join(' '), [], path] as const,
    ...command.options.map((option) => [`${path.join(' ')} ${option.flags}`, flagsOf(option), path] as const),
  ]);

  test.each(rows)('%s', (_what, flags, path) => {
    const own = running(path);
    expect(own).not.toEqual([]);
    if (flags.length > 0) expect(named(flags, own)).toBe(true);
  });

  test.each(createProgram().options.map((option) => [option.flags, flagsOf(option)] as const))(
    '%s',
    (_what, flags) => expect(named(flags, statements)).toBe(true),
  );
});

describe('command lines that are written down can be typed', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    ...['docs', 'apps', 'tools', 'k8s'].flatMap((folder) => below(folder, '.md')),
  ];
  const quoted = documents.flatMap((path) =>
    quotedIn(read(path)).map(
      ({ row, line }) => [`${path}:${row}`, line.replace(/^COMMAND /, 'health '), path] as const,
    ),
  );

  test.each(quoted)('%s i2m %s', (_where, line, path) => {
    // elsewhere a group stands for all its commands; on call one wants to type what is there
    const group = createProgram().commands.find((command) => command.name() === line)?.commands ?? [];
    if (group.length === 0 || path.startsWith('docs/runbooks/')) expect(refusal(line)).toBeNull();
  });

  test.each(runnable().map(({ path, command }) => [path.join(' '), command] as const))(
    'the examples of %s',
    (_name, command) => {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      const examples = [...help.matchAll(/^ {2}\$ i2m (.+)$/gm)].map(([, line = '']) => line);
      expect(examples).not.toEqual([]);
      for (const line of examples) expect(refusal(line)).toBeNull();
    },
  );

  test('and those that cannot be typed are found', () => {
    expect(quoted.length).toBeGreaterThan(50);
    expect(refusal('batches show bat_1 --status failed')).toBeNull();
    expect(refusal('--help')).toBeNull();
    for (const wrong of [
      'batch list',
      'batches lst',
      'batches list --al',
      'batches show',
      'purge a b',
      'lanes',
      'batches list --limit x',
      'batches show x --status odd',
    ])
      expect(refusal(wrong)).toMatch(/^error|^Usage/);
    expect(
      quotedIn('a `i2m health`, or `--run`; `npm x`\n```\n$ npx i2m doctor  # now\ni2m lanes list\n```'),
    ).toEqual([
      { row: 1, line: 'health' },
      { row: 1, line: 'health --run' },
      { row: 3, line: 'doctor  # now' },
      { row: 4, line: 'lanes list' },
    ]);
    expect(wordsOf(`generate 'a b/*' --name "my shoes" <id> > x.log # all`)).toEqual([
      'generate',
      'a b/*',
      '--name',
      'my shoes',
      '<id>',
    ]);
  });
});
