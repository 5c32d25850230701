import { Agent, request } from 'node:http';
import { serveLines, settingsOf } from '../../processes/serve-lines.mjs';
import { FactReader } from './read-facts.mjs';

/** @type {{ url: string, apiKey: string }} */
const { url, apiKey } = settingsOf();
const agent = new Agent({ keepAlive: true, maxSockets: 2 });
const authorization = `Bearer ${apiKey}`;

/**
 * @param {string} method @param {string} path @param {string} [body] JSON
 * @returns {Promise<import('node:http').IncomingMessage>} as soon as its headers are there
 */
const ask = (method, path, body) =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    request(`${url}${path}`, { method, agent, headers }, resolve).once('error', reject).end(body);
  });

/** @param {import('node:http').IncomingMessage} answer */
async function textOf(answer) {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return text;
}

/** Two connections that are open before the clock runs, one for the batch and one for its events. */
const openConnections = () =>
  Promise.all(
    [1, 2].map(async () => {
      const answer = await ask('GET', '/v1/batches?limit=1');
      if (answer.statusCode !== 200) throw new Error(`GET /v1/batches: ${answer.statusCode}`);
      await textOf(answer);
    }),
  );

/**
 * Follows a batch to the end of its event stream.
 * @param {string} path
 * @param {FactReader} facts
 * @param {{ firstStart: number, end: number, endMs: number }} times written as it goes
 */
async function follow(path, facts, times) {
  const answer = await ask('GET', `${path}/events`);
  if (answer.statusCode !== 200)
    throw new Error(`GET …/events: ${answer.statusCode} ${await textOf(answer)}`);
  answer.setEncoding('latin1').on('data', (text) => {
    facts.push(text);
    if (facts.started > 0 && times.firstStart === 0) times.firstStart = performance.now();
    if (facts.completions > 0 && times.end === 0) {
      times.end = performance.now();
      times.endMs = Date.now();
    }
  });
  await new Promise((resolve, reject) => answer.once('end', resolve).once('error', reject));
  if (times.firstStart === 0) throw new Error('the event stream had no file.started');
  if (times.end === 0) throw new Error('the event stream ended without batch.completed');
}

/** One batch: the clock runs from before its POST is written until its batch.completed is read. @param {{ n: number }} params */
async function run({ n }) {
  await openConnections();
  const body = JSON.stringify({ provider: 'noop', count: n });
  const facts = new FactReader(n);
  const times = { firstStart: 0, end: 0, endMs: 0 };
  const startMs = Date.now();
  const start = performance.now();
  const answer = await ask('POST', '/v1/batches', body);
  const accepted = performance.now();
  const location = answer.headers.location;
  if (answer.statusCode !== 202 || location === undefined)
    throw new Error(`POST /v1/batches: ${answer.statusCode} ${await textOf(answer)}`);
  await Promise.all([follow(new URL(location, url).pathname, facts, times), textOf(answer)]);
  return {
    batchId: location.slice(location.lastIndexOf('/') + 1),
    totalMs: times.end - start,
    submitMs: accepted - start,
    firstStartMs: times.firstStart - start,
    firstStartServerMs: Number(facts.firstStartedId.split('-')[0]) - startMs,
    endMs: times.endMs,
    done: facts.done,
    distinct: facts.distinct,
    completions: facts.completions,
  };
}

serveLines({ run });
