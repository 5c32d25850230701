import { queues } from '@image2model/contracts';
import { playBatch } from '../rig/play-batch.js';
import { withRigOn } from '../rig/with-rig-on.js';
import type { Scenario } from '../scenario.js';

/** The priority queues are classic ones and live on one node. Without it, services start, and batches go on. */
export const absentNode: Scenario = {
  name: 'absent-node',
  title: 'services start and work while the node of the classic queues is away',
  run: (run) =>
    withRigOn('absent-node', run, {}, async (rig, outcome) => {
      const { rabbit } = run.clusters;
      const away = await rabbit.killLeader(queues.alertSend.name);
      run.tell(`${away} is away; starting services anew`);
      const started = performance.now();
      for (const name of ['alert-service', 'maintenance-worker', 'batch-orchestrator', 'gateway'] as const)
        await rig.system.restart(name);
      outcome.facts['restarts ms'] = Math.round(performance.now() - started);
      const mend = (): Promise<void> => rabbit.restart(away);
      await playBatch(rig, run, { kills: [], paid: false, mend }, outcome);
    }),
};
