import { photos, restViolations, seeded, settledOf, type Rig } from '@image2model/chaos-pay';
import { laneQueues } from '@image2model/contracts';
import { keepEvents, waitFor } from '@image2model/testing';
import { completionViolations, settledViolations } from '../checks/free-violations.js';
import { memberViolations } from '../checks/member-violations.js';
import type { Outcome, ScenarioRun } from '../scenario.js';
import type { Clusters } from './clusters.js';

export type Kill = 'redis' | 'rabbitmq';

export interface Play {
  kills: readonly Kill[];
  paid: boolean;
  /** Before it is looked for what is left over. */
  mend?: () => Promise<void>;
}

const endWithinMs = 180_000;
/** In this part of the batch the servers die. */
const share = { from: 0.15, to: 0.6 };

/** One batch; when a share of it that the seed chose is settled, servers are killed. @returns the id of the batch */
export async function playBatch(
  rig: Rig,
  run: ScenarioRun,
  { kills, paid, mend }: Play,
  outcome: Outcome,
): Promise<string> {
  const { clusters, files: total, seed, tell } = run;
  const members = await memberViolations(clusters.rabbit);
  const completions = await keepEvents(clusters.rabbit.urls, 'batch.completed');
  const started = performance.now();
  const id = paid ? await sendPhotos(rig, total, seed) : (await rig.system.client.createNoopBatch(total)).id;
  const draw = seeded(seed);
  const moments = kills.map((kill) => ({
    kill,
    at: Math.round(total * (share.from + draw() * (share.to - share.from))),
  }));
  const killed = moments.map(async ({ kill, at }) => {
    await waitFor(async () => (await settled(rig, id)) >= at, {
      timeoutMs: endWithinMs,
      everyMs: 50,
      what: `${at} files`,
    });
    tell(`${at} of ${total} settled: killing ${kill}`);
    outcome.facts[`${kill} at`] = at;
    outcome.facts[`${kill} ms`] = await strike(clusters, kill);
  });
  await Promise.all(killed);
  const look = async (): Promise<boolean> => {
    const batch = await rig.batch(id);
    tell(`${settledOf(batch)} of ${total} settled`);
    return ['completed', 'partial', 'failed', 'cancelled'].includes(batch.status);
  };
  await waitFor(() => look().catch(() => false), {
    timeoutMs: endWithinMs,
    everyMs: 250,
    what: `${id} terminal`,
  });
  outcome.facts['batch ms'] = Math.round(performance.now() - started);
  tell('checking');
  outcome.violations.push(...members, ...(await settledViolations(rig.system, id)));
  const told: string[] = [];
  await waitFor(async () => told.push(...(await completions.take())) > 0, {
    timeoutMs: 30_000,
    what: 'a completion',
  }).catch(() => undefined);
  await completions.close();
  outcome.violations.push(...completionViolations(id, told));
  await mend?.();
  if (run.short) return id;
  const rest = await restViolations(rig, [id]);
  outcome.violations.push(...rest, ...(rest.length === 0 ? [] : await leftIn(clusters.rabbit)));
  return id;
}

async function sendPhotos(rig: Rig, total: number, seed: number): Promise<string> {
  const settings = JSON.stringify({ face_limit: 500 });
  return (await rig.system.client.createUploadBatch(await photos(total, seed), { settings })).id;
}

/** Of a moment in which the gateway may not answer. */
const settled = async (rig: Rig, id: string): Promise<number> => rig.batch(id).then(settledOf, () => 0);

/** @returns how long it took until another one did its work, ms */
async function strike({ rabbit, sentinels }: Clusters, kill: Kill): Promise<number> {
  if (kill === 'redis') return sentinels.killMaster();
  const queue = laneQueues.normal.name;
  const started = performance.now();
  const dead = await rabbit.killLeader(queue);
  const led = async (): Promise<boolean> => {
    const { leader } = await rabbit.queue(queue);
    return leader !== undefined && leader !== '' && !leader.startsWith(`${dead}@`);
  };
  await waitFor(() => led().catch(() => false), { timeoutMs: 60_000, everyMs: 100, what: 'another leader' });
  return Math.round(performance.now() - started);
}

/** What the queues say that should be empty: whether nobody takes their messages, or somebody keeps them. */
async function leftIn(rabbit: Clusters['rabbit']): Promise<string[]> {
  const left = (await rabbit.queues()).filter(({ messages = 0 }) => messages > 0);
  return left.map(
    ({ name, messages_ready: ready = 0, messages_unacknowledged: unacked = 0, consumers = 0, leader }) =>
      `${name}: ${ready} ready, ${unacked} unacked, ${consumers} consumers, led by ${leader ?? 'nobody'}`,
  );
}
