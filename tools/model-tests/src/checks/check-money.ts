import type { LedgerRow } from '@image2model/progress';
import { keys } from '@image2model/progress/parts';
import type { World } from '../world/world.js';
import { isTerminalState, type Snapshot } from './snapshot.js';
import { priceMicro, type KnownRow } from './known-payments.js';
import type { Till } from './till.js';
import { insist } from './violation.js';

/** What must hold of the money after every step. */
export function checkAccount(till: Till, before: Snapshot, after: Snapshot): void {
  const { spent, reserved, budget, state, held } = after;
  const show = (): string => `${JSON.stringify(after)}; known ${JSON.stringify([...till.rows])}`;
  insist(spent === till.spentMicro && reserved === till.reservedMicro, 'account', show);
  insist(budget === null || spent + reserved <= budget, 'budget', show);
  if (isTerminalState(state)) insist(reserved === 0, 'account', show);
  const fits = budget === null || spent + reserved + priceMicro <= budget;
  // 'held' tells the reasons
  const eased = till.eased || budget !== before.budget;
  if (eased && state === 'running') insist(!fits || !after.reasons.includes('budget'), 'budget', show);
  if (held) insist(after.reasons.length > 0, 'hold', show);
  till.eased = false;
}

/** What must hold of the money when everything has come to rest. */
export async function checkPaid(world: World): Promise<void> {
  const { till, provider, batchId, connection } = world;
  const rows: LedgerRow[] = [];
  for await (const row of world.direct.ledger.rows(batchId)) rows.push(row);
  const show = (): string =>
    `rows ${JSON.stringify(rows)}; jobs ${JSON.stringify(provider.jobs)}; known ${JSON.stringify([...till.rows])}`;
  insist(rows.length === till.rows.size, 'account', show);
  for (const { intent, ...row } of rows) {
    const known = till.rows.get(intent);
    insist(known?.state === row.state && known.requestId === row.requestId, 'account', show);
    insist(known.idx === row.idx && row.priceMicro === priceMicro, 'account', show);
  }
  insist(
    (await connection.redis.exists(keys.wire(batchId))) === 0,
    'leftovers',
    () => 'the wire is not empty',
  );
  checkJobs(world, show);
  for (let idx = 0; idx < world.seen.total; idx += 1) {
    checkFile(world, idx, show);
    const cost = Number((await connection.redis.hget(keys.attempt(batchId, idx), 'cost')) ?? 0);
    insist(cost === till.costMicro(idx), 'account', () => `file ${idx} costs ${cost}; ${show()}`);
  }
}

/** Each accepted job is one decision's, and known to be paid, unless it was given up without knowing. */
function checkJobs({ provider, till }: World, show: () => string): void {
  const intents = new Set(provider.jobs.map(({ intent }) => intent));
  insist(intents.size === provider.jobs.length, 'once', show);
  for (const { intent, requestId } of provider.jobs) {
    const row = till.rows.get(intent);
    insist(row !== undefined && row.state !== 'open', 'once', show);
    insist(row.requestId === requestId || (row.requestId === null && row.state === 'doubtful'), 'once', show);
  }
}

function checkFile(world: World, idx: number, show: () => string): void {
  const { provider, till, oracle, seen } = world;
  const told = (): string => `file ${idx} ended as ${String(seen.states[idx])}; ${show()}`;
  const all = [...till.rows].filter(([, row]) => row.idx === idx);
  const runs = new Set(all.map(([, { run }]) => run));
  for (const run of runs)
    checkRun(
      world,
      all.flatMap(([, row]) => (row.run === run ? [row] : [])),
      told,
    );
  const [last] = all.find(([, { run, state }]) => run >= till.of(idx).since && state === 'bound') ?? [];
  const job = provider.jobs.find(({ intent }) => intent === last);
  if (seen.states[idx] === 'S') insist(job?.ending === 'ok', 'once', told);
  if (job?.ending !== 'ok' || seen.states[idx] === 'S') return;
  const poison = oracle.file(idx).crashes >= world.crashLimit;
  insist(seen.states[idx] === 'X' || poison, 'kept', told);
}

/** One accepted submit a run, but for one more after a doubt where that is wanted. */
function checkRun({ paying }: World, rows: readonly KnownRow[], show: () => string): void {
  insist(rows.filter(({ state }) => state === 'bound').length <= 1, 'once', show);
  const doubts = rows.filter(({ state }) => state === 'doubtful' || state === 'extra');
  insist(doubts.length <= (paying?.resubmits === true ? 2 : 1), 'once', show);
  // what was given up for good is the last
  if (doubts.length === (paying?.resubmits === true ? 2 : 1))
    insist(rows.at(-1) === doubts.at(-1), 'once', show);
}
