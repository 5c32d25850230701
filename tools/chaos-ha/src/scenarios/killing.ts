import { batchViolations } from '@image2model/chaos-pay';
import type { Kill } from '../rig/play-batch.js';
import { playBatch } from '../rig/play-batch.js';
import { withRigOn } from '../rig/with-rig-on.js';
import type { Scenario } from '../scenario.js';

const killing = (name: string, title: string, kills: readonly Kill[], paid: boolean): Scenario => ({
  name,
  title,
  run: (run) =>
    withRigOn(name, run, {}, async (rig, outcome) => {
      const id = await playBatch(rig, run, { kills, paid }, outcome);
      if (!paid) return;
      outcome.violations.push(...(await batchViolations(rig, id)));
      const { accepted } = rig.fal.stats();
      outcome.facts['accepted'] = accepted;
      const blind = await rig.metric('image2model_possible_double_charge_total');
      if (blind > 0) outcome.violations.push(`${blind} submits were repeated blindly`);
    }),
});

/** @see Scenario */
export const redis = killing('redis', 'the Redis master is killed in mid-batch', ['redis'], false);
/** @see Scenario */
export const rabbitmq = killing(
  'rabbitmq',
  'the node that leads the lane queue is killed in mid-batch',
  ['rabbitmq'],
  false,
);
/** @see Scenario */
export const both = killing('both', 'both are killed in mid-batch', ['redis', 'rabbitmq'], false);
/** @see Scenario */
export const paid = killing(
  'paid',
  'both are killed while every file is paid for',
  ['redis', 'rabbitmq'],
  true,
);
