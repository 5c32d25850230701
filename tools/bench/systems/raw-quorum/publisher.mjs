import { connect } from 'amqplib';
import { serveLines, settingsOf } from '../../processes/serve-lines.mjs';

/** Messages that are confirmed together; two such chunks are under way at once. */
const chunk = 256;
const moment = () => ({ at: performance.now(), ms: Date.now() });

/** @type {{ amqpUrl: string, queue: string }} */
const { amqpUrl, queue } = settingsOf();
const connection = await connect(amqpUrl, { noDelay: true });
const channel = await connection.createConfirmChannel();
await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
const { queue: replies } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
let completions = 0;
let onReply = () => {};
await channel.consume(
  replies,
  () => {
    completions += 1;
    onReply();
  },
  { noAck: true },
);

/** @param {number} from @param {number} to @returns {Promise<void>} when the broker has confirmed them all */
const publishChunk = (from, to) =>
  new Promise((resolve, reject) => {
    let open = to - from;
    const onConfirm = (/** @type {unknown} */ error) => {
      open -= 1;
      if (error) reject(error);
      else if (open === 0) resolve();
    };
    for (let idx = from; idx < to; idx += 1) {
      const body = Buffer.from(
        `{"batchId":"bat_0123456789abcdef","fileIdx":${idx},"settings":{"face_limit":50000}}`,
      );
      channel.publish('', queue, body, { persistent: true, messageId: String(idx) }, onConfirm);
    }
  });

/** @param {number} n */
async function publishAll(n) {
  let previous = Promise.resolve();
  for (let from = 0; from < n; from += chunk) {
    const sent = publishChunk(from, Math.min(n, from + chunk));
    await previous;
    previous = sent;
  }
  await previous;
}

/** @param {{ n: number }} params */
async function run({ n }) {
  completions = 0;
  const replied = new Promise((resolve) => {
    onReply = () => resolve(moment());
  });
  const start = moment();
  await publishAll(n);
  const confirmed = moment();
  const seen = await replied;
  const end = seen.at > confirmed.at ? seen : confirmed;
  return {
    startMs: start.ms,
    endMs: seen.ms,
    totalMs: end.at - start.at,
    submitMs: confirmed.at - start.at,
  };
}

serveLines({
  ready: () => ({ replyTo: replies }),
  completions: () => completions,
  run,
  leave: () => channel.deleteQueue(queue),
});
