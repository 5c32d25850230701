import { exitCodes, type ExitCode } from '../exit-codes.js';
import { counted, usd } from '../output/format.js';
import { inert } from '../output/text-width.js';
import type { Terminal } from '../output/terminal.js';
import { countsOf } from './board.js';
import type { Found } from './find-sources.js';
import type { Interrupts } from './interrupt.js';
import type { Session } from './session.js';
import { exitCodeOf, manifestRow, type GenerateResult } from './write-manifest.js';

export interface End {
  found: Found;
  choice: Interrupts['choice'];
  /** --detach */
  detach: boolean;
}

/** Says what came of a run and how to go on. @returns what the command ends with */
export function tellEnd(terminal: Terminal, session: Session, end: End): ExitCode {
  const { state, board, out, api } = session;
  const files = [...board.scope].map((entry) => manifestRow(state, entry));
  const keys = new Set([...board.scope].map(({ send }) => send));
  const batches = state.sends.flatMap(({ key, batch_id }) =>
    keys.has(key) && batch_id !== null ? [batch_id] : [],
  );
  const result: GenerateResult = {
    out,
    gateway: api.connection.url,
    batches,
    files,
    skipped: end.found.skipped,
    cost_usd: files.reduce((sum, { cost_usd }) => sum + cost_usd, 0),
  };
  terminal.result(result, () => textOf(terminal, session, result, end));
  if (end.choice !== null) return exitCodes.interrupted;
  return end.detach ? exitCodes.ok : exitCodeOf(board.scope);
}

const mostNamed = 10;

function textOf(
  terminal: Terminal,
  { board, out }: Session,
  { files, batches, cost_usd }: GenerateResult,
  { choice, detach }: End,
): string {
  const { completed, saved, failed, cancelled, total, unsent } = countsOf(board);
  const lines: string[] = [];
  const bad = files.filter(
    ({ status, path, sha256 }) =>
      status === 'failed' || (status === 'completed' && path === null && sha256 !== null),
  );
  for (const { source, error } of bad.slice(0, mostNamed))
    lines.push(
      `${terminal.paint('✗', 'bad')} ${inert(source)}: ${inert(error?.message ?? 'no model here')} (${error?.code ?? 'missing'})`,
    );
  if (bad.length > mostNamed)
    lines.push(`  and ${counted(bad.length - mostNamed, 'more', 'more')}: see manifest.json`);
  const money = cost_usd > 0 ? `, ${usd(cost_usd)}` : '';
  const good = saved === total;
  lines.push(
    `${terminal.paint(good ? '✓' : '•', good ? 'good' : 'warn')} ${counted(saved, 'model')} of ${counted(total, 'photo')} in ${out}${money}`,
  );
  if (cancelled > 0) lines.push(`  ${cancelled} cancelled; the same command sends again what was not paid`);
  if (failed > 0 && choice === null && !detach) lines.push('  --retry-failed tries the failed ones again');
  if (saved < completed)
    lines.push(`  ${counted(completed - saved, 'model')} to be fetched: run the same command again`);
  if (choice === 'detach' || detach) lines.push(...howToGoOn(batches, unsent));
  return lines.join('\n');
}

function howToGoOn(batches: readonly string[], unsent: number): string[] {
  const lines =
    batches.length === 0
      ? []
      : [`  ${counted(batches.length, 'batch goes', 'batches go')} on without us: ${batches.join(', ')}`];
  if (unsent > 0) lines.push(`  ${counted(unsent, 'photo')} not sent yet`);
  const [first] = batches;
  lines.push(
    `  To go on: the same command again${first === undefined ? '' : `; only to look: i2m batches watch ${first}`}`,
  );
  return lines;
}
