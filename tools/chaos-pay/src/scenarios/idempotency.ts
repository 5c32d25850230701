import { uploadForm, type Answer } from '@image2model/testing';
import { z } from 'zod';
import { batchViolations } from '../checks/batch-violations.js';
import { restViolations } from '../checks/rest-violations.js';
import { photos } from '../rig/photos.js';
import type { Rig } from '../rig/open-rig.js';
import type { Outcome, Scenario, ScenarioRun } from '../scenario.js';
import { withRig } from './with-rig.js';

const workers = 2;
const posts = 10;
const idSchema = z.object({ id: z.string() });
const listSchema = z.object({ data: z.array(idSchema) });

/** A client that sends its batch again and again with one key buys it once. */
export const idempotency: Scenario = {
  name: 'idempotency',
  title: `the same batch sent ${posts} times at once with one key`,
  files: { short: 12, long: 100 },
  run: (run) =>
    withRig(
      'idempotency',
      {
        seed: run.seed,
        workers,
        callbacks: true,
        fal: { concurrency: 10, duration: { kind: 'uniform', fromMs: 200, toMs: 600 } },
        env: { FAL_CONCURRENCY: '10' },
      },
      (rig, outcome) => play(rig, run, outcome),
    ),
};

async function play(rig: Rig, run: ScenarioRun, outcome: Outcome): Promise<void> {
  const images = await photos(run.files, run.seed);
  const headers = { 'idempotency-key': `chaos-${run.seed}` };
  const post = (files = images): Promise<Answer> =>
    rig.system.client.request('POST', '/v1/batches', { body: uploadForm(files), headers });
  run.tell(`${posts} posts at once`);
  const answers = await Promise.all(Array.from({ length: posts }, () => post()));
  const taken = answers.filter(({ status }) => status === 202);
  // 409: the first one is still being read
  const others = answers.map(({ status }) => status).filter((status) => status !== 202 && status !== 409);
  if (others.length > 0) outcome.violations.push(`answers ${others.join()}`);
  const ids = new Set([...taken, await post()].map(({ body }) => idSchema.parse(body).id));
  const changed = await post(images.slice(1));
  if (changed.status !== 422) outcome.violations.push(`another body with the same key: ${changed.status}`);
  const listed = listSchema.parse((await rig.ask('GET', '/v1/batches?limit=100')).body).data;
  if (ids.size !== 1 || listed.length !== 1)
    outcome.violations.push(`${ids.size} ids were answered, ${listed.length} batches are there`);
  const [id = ''] = ids;
  const end = await rig.ended(id, 120_000);
  if (end.status !== 'completed') outcome.violations.push(`the batch ended ${end.status}`);
  const { accepted } = rig.fal.stats();
  if (accepted !== run.files)
    outcome.violations.push(`${accepted} jobs were accepted for ${run.files} files`);
  run.tell('checking');
  outcome.violations.push(...(await batchViolations(rig, id)), ...(await restViolations(rig, [id])));
  Object.assign(outcome.facts, { taken: taken.length, accepted });
}
