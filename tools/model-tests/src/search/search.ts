import fc from 'fast-check';
import { Violation } from '../checks/violation.js';
import type { Connection } from '../world/connection.js';
import { runSchedule } from './run-schedule.js';
import { paidSchedules, schedules, type Schedule } from './schedule.js';
import { Stats } from './stats.js';

export interface SearchOptions {
  runs: number;
  seed: number;
  /** only runs with a paid provider (default false) */
  paid?: boolean;
  /** look for the smallest schedule of a violation (default true) */
  shrink?: boolean;
  onRun?: () => void;
}
/** A violation and how to see it again. */
export interface Finding {
  violation: Violation;
  /** seed and path for fast-check */
  seed: number;
  path: string;
  schedule: Schedule;
  /** what happened, step by step */
  trace: string[];
}
export interface SearchResult {
  runs: number;
  stats: Stats;
  finding: Finding | null;
}

/** Runs of one fast-check property; each has a seed made from the search's, so the order they run in does not matter. */
const runsPerProperty = 25;
/** Runs in flight on one connection: enough that Redis and Node work at the same time. */
const inFlight = 32;
/** How long the smallest schedule of a violation is looked for, ms. */
const shrinkForMs = 30_000;

const seedOf = (seed: number, property: number): number => (Math.imul(seed, 1_000_003) + property) | 0;

/** Searches for a schedule that breaks an invariant; ends at the first. */
export async function search(connection: Connection, options: SearchOptions): Promise<SearchResult> {
  const stats = new Stats();
  const properties = Math.ceil(options.runs / runsPerProperty);
  let next = 0;
  let runs = 0;
  let finding: Finding | null = null;
  const found = (): boolean => finding !== null;
  const lane = async (): Promise<void> => {
    while (next < properties && !found()) {
      const property = next;
      next += 1;
      const numRuns = Math.min(runsPerProperty, options.runs - property * runsPerProperty);
      let failed = false;
      let shrinkUntil = Number.POSITIVE_INFINITY;
      const details = await check(
        { seed: seedOf(options.seed, property), numRuns, endOnFailure: options.shrink === false },
        options.paid === true ? paidSchedules : schedules,
        async (schedule) => {
          // somebody else found something, and this is not the search for its smallest form
          if ((found() && !failed) || performance.now() > shrinkUntil) return;
          if (!failed) {
            runs += 1;
            options.onRun?.();
          }
          try {
            await runSchedule(connection, schedule, failed ? new Stats() : stats);
          } catch (error) {
            if (!failed) shrinkUntil = performance.now() + shrinkForMs;
            failed = true;
            throw error;
          }
        },
      );
      if (details.failed && !found()) finding = await explain(connection, details);
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, properties) }, lane));
  return { runs, stats, finding };
}

/** Runs what a seed and a path of an earlier search stand for. */
export async function replay(connection: Connection, seed: number, path: string): Promise<SearchResult> {
  const stats = new Stats();
  const details = await check({ seed, path, endOnFailure: true }, schedules, (schedule) =>
    runSchedule(connection, schedule, stats),
  );
  return { runs: 1, stats, finding: details.failed ? await explain(connection, details) : null };
}

type Details = Awaited<ReturnType<typeof check>>;

const check = (
  parameters: fc.Parameters<[Schedule]>,
  among: fc.Arbitrary<Schedule>,
  run: (schedule: Schedule) => Promise<void>,
) => fc.check(fc.asyncProperty(among, run), parameters);

/** The same run once more, told step by step. */
async function explain(connection: Connection, details: Details): Promise<Finding> {
  const schedule = details.counterexample?.[0];
  if (schedule === undefined) throw details.errorInstance ?? new Error('a failure without a counterexample');
  if (!(details.errorInstance instanceof Violation)) throw details.errorInstance;
  const trace: string[] = [];
  const again = await runSchedule(connection, schedule, new Stats(), trace).then(
    () => null,
    (error: unknown) => error,
  );
  return {
    violation: again instanceof Violation ? again : details.errorInstance,
    seed: details.seed,
    path: details.counterexamplePath ?? '0',
    schedule,
    trace,
  };
}
