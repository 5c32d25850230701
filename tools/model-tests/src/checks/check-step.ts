import { countBytes, isTerminalByte, isTerminalState, statusOf, type Snapshot } from './snapshot.js';
import { insist } from './violation.js';

const edges: Readonly<Record<string, readonly string[]>> = {
  staging: ['running', 'completed', 'partial', 'failed'],
  running: ['cancelling', 'completed', 'partial', 'failed', 'cancelled'],
  cancelling: ['completed', 'partial', 'failed', 'cancelled'],
};

/** What must hold after every step. @param exact whether nobody falsified the counters since they were last corrected */
export function checkStep(before: Snapshot, after: Snapshot, command: string, exact: boolean): void {
  const show = (): string => `${command}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`;
  checkBatch(before, after, command, show);
  checkFiles(before, after, command, show);
  if (exact) checkCounters(after, show);
  if (!isTerminalState(after.state)) return;
  const counts = countBytes(after.states);
  insist(counts.P + counts.R === 0, 'terminal', () => `the batch ended with open files: ${show()}`);
  insist(after.sealed, 'edges', () => `the batch ended before it was sealed: ${show()}`);
  insist(after.retryAt === null, 'edges', () => `the run ended before its files were chosen: ${show()}`);
  insist(
    after.state === statusOf(counts),
    'completion',
    () => `the state is not that of the files: ${show()}`,
  );
}

function checkBatch(before: Snapshot, after: Snapshot, command: string, show: () => string): void {
  insist(after.cursor >= before.cursor, 'cursor', show);
  insist(after.total >= before.total && after.states.length === after.total, 'appends', show);
  if (after.run !== before.run) {
    const begun = command === 'lua_begin_retry' && after.run === before.run + 1;
    insist(begun && isTerminalState(before.state) && after.state === 'running', 'edges', show);
    return;
  }
  if (after.state === before.state) return;
  insist(edges[before.state]?.includes(after.state) ?? false, 'edges', show);
}

function checkFiles(before: Snapshot, after: Snapshot, command: string, show: () => string): void {
  if (before.states === after.states) return;
  for (let idx = 0; idx < before.states.length; idx += 1) {
    const [from, to] = [before.states[idx], after.states[idx]];
    if (from === to) continue;
    const chosen = command === 'lua_retry_files' && from === 'F' && to === 'P';
    insist(chosen || !isTerminalByte(from), 'terminal', () => `file ${idx}: ${show()}`);
    insist(chosen || to !== 'P', 'edges', () => `file ${idx}: ${show()}`);
  }
}

function checkCounters({ states, counters }: Snapshot, show: () => string): void {
  const counts = countBytes(states);
  for (const byte of ['R', 'S', 'F', 'X'] as const) insist(counters[byte] === counts[byte], 'counts', show);
}
