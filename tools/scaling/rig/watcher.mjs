import { Agent, request } from 'node:http';
import { serveLines, settingsOf } from '../../bench/processes/serve-lines.mjs';

/** Opens event streams and counts what comes: a process of its own, so that a gateway's figures are the gateway's. */

/** @type {{ url: string }} */
const { url } = settingsOf();
const agent = new Agent({ maxSockets: Infinity });
/** So many are opened at a time. */
const atOnce = 50;

/** @type {import('node:http').ClientRequest[]} */
let requests = [];
/** @type {Promise<void>[]} */
let ends = [];
let bytes = 0;

/** @param {{ path: string, key: string }} stream @returns {Promise<void>} when its headers are there */
const open = ({ path, key }) =>
  new Promise((resolve, reject) => {
    const asked = request(
      `${url}${path}`,
      { agent, headers: { authorization: `Bearer ${key}` } },
      (answer) => {
        if (answer.statusCode !== 200) {
          answer.resume();
          reject(new Error(`GET ${path}: ${answer.statusCode}`));
          return;
        }
        answer.on('data', (/** @type {Buffer} */ chunk) => (bytes += chunk.length));
        ends.push(new Promise((done) => answer.once('close', () => done()).once('error', () => undefined)));
        resolve();
      },
    );
    asked.once('error', reject).end();
    requests.push(asked);
  });

serveLines({
  /** @param {{ streams: { path: string, key: string }[] }} params */
  async open({ streams }) {
    [requests, ends, bytes] = [[], [], 0];
    for (let at = 0; at < streams.length; at += atOnce)
      await Promise.all(streams.slice(at, at + atOnce).map(open));
    return { open: requests.length };
  },
  /** Until the gateway has ended them all. */
  async ended() {
    await Promise.all(ends);
    return { bytes };
  },
  bytes: () => ({ bytes }),
  /** Ends them. */
  async close() {
    const closing = Promise.all(ends);
    for (const asked of requests) asked.destroy();
    await closing;
    return { bytes };
  },
});
