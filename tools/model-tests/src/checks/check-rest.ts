import { keys } from '@image2model/progress/parts';
import type { World } from '../world/world.js';
import { countBytes, isTerminalByte, isTerminalState, type Snapshot } from './snapshot.js';
import { insist } from './violation.js';

/** Every open file of a running batch has somebody who moves it. */
export async function checkCovered(world: World): Promise<void> {
  const { connection, batchId } = world;
  const [due, redo] = await Promise.all([
    // a file of the redo list has a due time that never comes
    connection.redis.zrangebyscore(keys.due(batchId), '-inf', `(${Number.MAX_SAFE_INTEGER}`),
    connection.redis.zrange(keys.redo(batchId), '0', '-1'),
  ]);
  const { state, states, cursor } = world.seen;
  if (state !== 'running' && state !== 'cancelling') return;
  for (let idx = 0; idx < Math.min(cursor, states.length); idx += 1) {
    // a cancel looks at the rest by itself
    if (state === 'cancelling' && world.till.of(idx).intent === null) continue;
    if (isTerminalByte(states[idx]) || due.includes(String(idx)) || redo.includes(String(idx))) continue;
    insist(
      false,
      'covered',
      () => `file ${idx} of ${JSON.stringify(world.seen)}; due ${due.join()}; redo ${redo.join()}`,
    );
  }
}

/** What must hold when everything has come to rest. */
export async function checkRest(world: World): Promise<void> {
  const { redis } = world.connection;
  const { batchId } = world;
  const { total } = world.seen;
  const [left, hash, facts, attempts] = await Promise.all([
    redis.exists(keys.due(batchId), keys.redo(batchId), keys.progress(batchId), keys.outbox(batchId)),
    redis.hgetall(keys.batch(batchId)),
    redis.xrange(keys.facts(batchId), '-', '+'),
    Promise.all(Array.from({ length: total }, (_, idx) => redis.hgetall(keys.attempt(batchId, idx)))),
  ]);
  insist(left === 0, 'leftovers', () => `${left} of due, redo, progress and outbox are left`);
  // a retry that was asked for by somebody who died before the answer may stay a wish
  for (const field of ['hold', 'retry_at'])
    insist(hash[field] === undefined, 'leftovers', () => `the batch keeps ${field} = ${String(hash[field])}`);
  attempts.forEach((attempt, idx) => checkAttempt(world, idx, attempt));
  const run = Number(hash['run']);
  checkFacts(
    world,
    run,
    facts.map(([, fields]) => fields),
  );
  checkCompletions(world, run);
}

function checkAttempt(world: World, idx: number, attempt: Record<string, string>): void {
  const known = world.oracle.file(idx);
  const show = (): string => `file ${idx}: ${JSON.stringify(attempt)}; known ${JSON.stringify(known)}`;
  insist(attempt['lease'] === undefined, 'leftovers', show);
  insist(Number(attempt['attempts'] ?? 0) === known.attempts, 'crashes', show);
  insist(Number(attempt['crashes'] ?? 0) === known.crashes, 'crashes', show);
}

interface Completion {
  run: number;
  status: string;
  total: number;
  completed: number;
  failed: number;
  cancelled: number;
}
const parseCompletion = (text: string): Completion => JSON.parse(text) as Completion;

const agrees = (said: Completion, run: number, { state, states, total }: Snapshot): boolean => {
  const { S, F, X } = countBytes(states);
  return (
    said.run === run &&
    said.status === state &&
    said.total === total &&
    said.completed === S &&
    said.failed === F &&
    said.cancelled === X
  );
};

/** The stream tells the same story as the states, run by run. */
function checkFacts(world: World, runs: number, facts: readonly string[][]): void {
  const states: string[] = [];
  let run = 1;
  let ended = new Set<number>();
  for (const [, type, third, fourth] of facts) {
    const show = (): string => `${String(type)} ${String(fourth)} in run ${run} of ${JSON.stringify(facts)}`;
    if (type === 'B') {
      const ending = world.endings.get(run);
      insist(ending !== undefined && agrees(parseCompletion(fourth ?? ''), run, ending), 'facts', show);
      insist(ending.states === states.join(''), 'counts', show);
      run += 1;
      ended = new Set();
      continue;
    }
    const idx = Number(third === 'i' ? fourth : undefined);
    insist(run <= runs && !ended.has(idx), 'facts', show);
    // a file that ended in an earlier run comes again only when it had failed
    insist(!isTerminalByte(states[idx]) || states[idx] === 'F', 'facts', show);
    if (isTerminalByte(type)) ended.add(idx);
    states[idx] = type ?? '';
  }
  insist(run === runs + 1, 'facts', () => `${run - 1} of ${runs} runs have a completion fact`);
}

function checkCompletions(world: World, runs: number): void {
  const { completions } = world.broker;
  const show = (): string => `${runs} runs, published ${JSON.stringify(completions)}`;
  const ids = new Map<string, string>();
  for (const { id, body } of completions) {
    insist((ids.get(id) ?? body) === body, 'completion', show);
    if (ids.has(id)) world.stats.add('completion repeated');
    ids.set(id, body);
  }
  insist(ids.size === runs, 'completion', show);
  for (let run = 1; run <= runs; run += 1) {
    const body = ids.get(`batch.completed:${world.batchId}:${run}`);
    const ending = world.endings.get(run);
    insist(body !== undefined && ending !== undefined && isTerminalState(ending.state), 'completion', show);
    insist(agrees(parseCompletion(body), run, ending), 'completion', show);
  }
}
