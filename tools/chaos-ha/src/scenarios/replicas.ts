import { playBatch } from '../rig/play-batch.js';
import { withRigOn } from '../rig/with-rig-on.js';
import type { Scenario } from '../scenario.js';

/** With all replicas hanging nothing may be accepted that only the master has; afterwards everything goes on. */
export const replicas: Scenario = {
  name: 'replicas',
  title: 'no batch is accepted while no replica follows, and none is lost',
  run: (run) =>
    withRigOn('replicas', run, {}, async (rig, outcome) => {
      const { sentinels } = run.clusters;
      await sentinels.signalReplicas('SIGSTOP');
      const body = JSON.stringify({ provider: 'noop', count: 5 });
      const answer = await rig.system.client.request('POST', '/v1/batches', {
        body,
        headers: { 'content-type': 'application/json' },
      });
      outcome.facts['answer'] = answer.status;
      if (answer.status !== 503)
        outcome.violations.push(`a batch that no replica has was answered ${answer.status}`);
      if (answer.headers.get('retry-after') === null) outcome.violations.push('the 503 has no Retry-After');
      await sentinels.signalReplicas('SIGCONT');
      await playBatch(rig, run, { kills: [], paid: false }, outcome);
    }),
};
