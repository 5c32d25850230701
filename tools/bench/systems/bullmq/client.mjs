import { randomUUID } from 'node:crypto';
import { FlowProducer, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { serveLines, settingsOf } from '../../processes/serve-lines.mjs';
import { queueNames } from './queue-names.mjs';

/** @type {{ redisUrl: string }} */
const { redisUrl } = settingsOf();
const flow = new FlowProducer({ connection: new Redis(redisUrl, { maxRetriesPerRequest: null }) });
const events = new QueueEvents(queueNames.batches, {
  connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
});

/** @param {string} batch @returns {Promise<{ end: number, endMs: number }>} */
const completionOf = (batch) =>
  new Promise((resolve) => {
    const onCompleted = (/** @type {{ jobId: string }} */ { jobId }) => {
      if (jobId !== batch) return;
      events.off('completed', onCompleted);
      resolve({ end: performance.now(), endMs: Date.now() });
    };
    events.on('completed', onCompleted);
  });

/** One flow: a parent that waits for n children. @param {{ n: number }} params */
async function run({ n }) {
  const batch = randomUUID();
  const completed = completionOf(batch);
  const startMs = Date.now();
  const start = performance.now();
  await flow.add({
    name: 'complete',
    queueName: queueNames.batches,
    opts: { jobId: batch },
    children: Array.from({ length: n }, (_, idx) => ({
      name: 'generate',
      queueName: queueNames.files,
      data: { batch, idx, settings: { face_limit: 50_000 } },
    })),
  });
  const submitMs = performance.now() - start;
  const { end, endMs } = await completed;
  return { batchId: batch, startMs, endMs, totalMs: end - start, submitMs };
}

serveLines({
  ready: async () => {
    await events.waitUntilReady();
  },
  run,
});
