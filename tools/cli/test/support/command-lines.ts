import type { Command } from 'commander';
import { createProgram } from '../../src/program.js';

/** Names of a command and of the groups that it is in: `['batches', 'list']`. */
type Path = readonly string[];

/** Everything that can be run, without the groups. */
export function runnable(
  command: Command = createProgram(),
  path: Path = [],
): { path: Path; command: Command }[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((child) => runnable(child, [...path, child.name()]));
}

/** Reads a command line as `i2m` does, and runs nothing. @returns why it is refused; null when it is not */
export function refusal(line: string): string | null {
  const program = createProgram();
  let said = '';
  for (const command of [program, ...descendants(program)])
    command.configureOutput({ writeOut: () => undefined, writeErr: (text) => (said += text) });
  for (const { command } of runnable(program)) command.action(() => undefined);
  try {
    program.parse(wordsOf(line), { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof Error && 'exitCode' in error && error.exitCode === 0) return null;
    // what is refused is said in the first line, the help follows
    return said.split('\n', 1)[0] ?? String(error);
  }
}

const descendants = (command: Command): Command[] =>
  command.commands.flatMap((child) => [child, ...descendants(child)]);

/** What a shell makes of it: quotes hold together; comments, pipes and redirections are not for `i2m`. */
export const wordsOf = (line: string): string[] =>
  [
    ...(/^(?:"[^"]*"|'[^']*'|[^"'#|<>&]|<[\w-]+>)*/.exec(line)?.[0] ?? '').matchAll(
      /"[^"]*"|'[^']*'|[^\s"']+/g,
    ),
  ].map(([word]) => word.replace(/^["']|["']$/g, ''));

/** A command line in a document, without the `i2m`. */
export interface Quoted {
  /** counted from 1 */
  row: number;
  line: string;
}

/** The command lines of a document: in code blocks and between backticks. A flag between backticks belongs to the command before it. */
export function quotedIn(markdown: string): Quoted[] {
  let inBlock = false;
  return markdown.split('\n').flatMap((text, at) => {
    if (/^\s*```/.test(text)) inBlock = !inBlock;
    const lines = inBlock
      ? [...text.matchAll(/^\s*(?:\$ )?(?:npx )?i2m (.+)$/g)].map(([, line]) => line)
      : inline(text);
    return lines.flatMap((line = '') => (line.startsWith('…') ? [] : [{ row: at + 1, line }]));
  });
}

function inline(text: string): string[] {
  let before: string | undefined;
  return [...text.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => {
    const line = /^(?:npx )?i2m (.+)$/.exec(code)?.[1];
    if (line !== undefined) return [(before = line)];
    return before !== undefined && code.startsWith('--') ? [`${before} ${code}`] : [];
  });
}
