import { connect } from 'amqplib';
import { serveLines, settingsOf } from '../../processes/serve-lines.mjs';

/** @type {{ amqpUrl: string, queue: string, prefetch: number }} */
const { amqpUrl, queue, prefetch } = settingsOf();
const connection = await connect(amqpUrl, { noDelay: true });
const channel = await connection.createChannel();
await channel.prefetch(prefetch);

let expected = 0;
let replyTo = '';
/** @type {Set<string>} */
let files = new Set();
let seen = { done: 0, firstMs: 0, lastMs: 0 };
/** Newest message that is not acked yet; one ack takes all before it along. @type {import('amqplib').ConsumeMessage | null} */
let unacked = null;

function ackAll() {
  if (unacked !== null) channel.ack(unacked, true);
  unacked = null;
}

/** @param {import('amqplib').ConsumeMessage | null} message */
function take(message) {
  if (message === null) return;
  if (unacked === null) setImmediate(ackAll);
  unacked = message;
  seen.done += 1;
  if (seen.done === 1) seen.firstMs = Date.now();
  files.add(message.properties.messageId);
  if (seen.done !== expected) return;
  seen.lastMs = Date.now();
  channel.sendToQueue(replyTo, Buffer.from('done'));
}

serveLines({
  ready: async () => {
    await channel.consume(queue, take);
  },
  expect: (params) => {
    ({ n: expected, replyTo } = params);
    files = new Set();
    seen = { done: 0, firstMs: 0, lastMs: 0 };
  },
  seen: () => ({ ...seen, distinct: files.size }),
});
