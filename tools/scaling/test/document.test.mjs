import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { root } from '../../dev/processes/paths.mjs';
import { readConstants } from '../constants/read-constants.mjs';
import { defaultWishes, fixed } from '../model/assumptions.mjs';
import { planCapacity } from '../model/plan-capacity.mjs';
import { documentFile, documentOf, fillMarkers } from '../report/refill-document.mjs';

const constants = readConstants();
const text = readFileSync(documentFile, 'utf8');

test('docs/scaling.md shows what the constants say (else: npm run scale:plan -- --refill)', async () => {
  assert.equal(await documentOf(text, constants), text);
});

test('another constant makes another document', async () => {
  const [first, ...others] = constants.batches;
  const changed = { ...constants, batches: [{ ...first, filesPerS: 1e9 }, ...others] };
  assert.notEqual(await documentOf(text, /** @type {any} */ (changed)), text);
});

test('what stands outside of the markers stays; a missing or unknown marker is an error', () => {
  const page = 'before <!-- generated:a -->old<!-- /generated:a --> after';
  const filled = fillMarkers(page, { a: 'new $1' });
  assert.equal(filled, 'before <!-- generated:a -->\n\nnew $1\n\n<!-- /generated:a --> after');
  assert.equal(fillMarkers(filled, { a: 'new $1' }), filled);
  assert.throws(() => fillMarkers(page, { a: '', b: '' }), /generated:b.* is missing/);
  assert.throws(() => fillMarkers(page, {}), /nothing fills <!-- generated:a -->/);
});

test('what the page says in words is what the plans say', () => {
  const reached = (/** @type {'fal' | 'embedded'} */ provider, /** @type {number} */ filesPerDay) => {
    const wishes = { ...defaultWishes(provider, constants), filesPerDay, provider };
    return planCapacity(constants, wishes).reached.map(({ what }) => what);
  };
  // up to a hundred thousand files a day one installation is enough, and pods are all that has to be added
  assert.deepEqual(reached('fal', 100_000), ["the account's concurrency at fal"]);
  assert.deepEqual(reached('embedded', 100_000), []);
  for (const provider of /** @type {const} */ (['fal', 'embedded'])) {
    const million = reached(provider, 1_000_000).join();
    assert.match(million, /memory of Redis/);
    assert.doesNotMatch(million, /RabbitMQ|dispatcher|S3/);
  }
});

/** @param {string} path */
const source = (path) => readFileSync(join(root, path), 'utf8');

test('what the plan takes as fixed is what the code and the manifests say', () => {
  assert.match(source('libs/contracts/src/http/limits.ts'), /eventStreams: 2_000,/);
  assert.equal(fixed.streamsPerGateway, 2_000);
  assert.match(
    source('apps/model-worker/src/config.ts'),
    /WORKER_WAITING: wholeNumber\([^)]*\)\s*\.default\(256\)/,
  );
  assert.equal(fixed.waitingPerWorker, 256);
  const threads = /EMBEDDED_THREADS=(\d+)/.exec(source('k8s/base/model-worker/kustomization.yaml'))?.[1];
  assert.equal(fixed.threadsPerWorker, Number(threads));
  const maxMemory = /MAX_MEMORY:-(\d+)mb/.exec(
    source('k8s/components/in-cluster-brokers/redis/start-redis.sh'),
  );
  assert.ok(text.includes(`is ${Number(maxMemory?.[1]).toLocaleString('en-US')} MB of data`));
  assert.match(source('libs/fal/src/endpoints/tripo.ts'), /standard: 0\.3,/);
  assert.equal(defaultWishes('fal', constants).usdPerFile, 0.3);
  assert.match(source('libs/contracts/src/http/create-batch.ts'), /retention_hours: [^;]*\.default\(168\)/);
  assert.equal(defaultWishes('fal', constants).retentionHours, 168);
});

const services = {
  gateway: 'gateway',
  orchestrator: 'batch-orchestrator',
  worker: 'model-worker',
  maintenance: 'maintenance-worker',
  alert: 'alert-service',
};

test('the plan knows how many pods the autoscalers add', () => {
  for (const [role, name] of Object.entries(services)) {
    const most = /** @type {Record<string, number>} */ (fixed.mostPods)[role];
    const keda = source(`k8s/components/autoscale-keda/${name}.yaml`);
    assert.equal(Number(/maxReplicaCount: (\d+)/.exec(keda)?.[1]), most, `${name} by KEDA`);
    const hpa = source(`k8s/components/autoscale-hpa/${name}.yaml`);
    assert.equal(Number(/maxReplicas: (\d+)/.exec(hpa)?.[1]), most, `${name} by HPA`);
  }
});

test('constants that are missing, or something else, end with 78 and say what writes them', () => {
  const dir = mkdtempSync(join(tmpdir(), 'image2model-scaling-'));
  try {
    const file = join(dir, 'constants.json');
    const refused = (/** @type {unknown} */ error) =>
      error instanceof CommandError &&
      error.exitCode === exitCodes.config &&
      /scale:measure/.test(error.message);
    assert.throws(() => readConstants(file), refused);
    writeFileSync(file, '{"measured": {}}');
    assert.throws(() => readConstants(file), refused);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
