import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreedCount } from '../systems/image2model/agreed-count.mjs';
import { FactReader } from '../systems/image2model/read-facts.mjs';

const fact = (/** @type {string} */ event, /** @type {object} */ data, id = '1700000000123-0') =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

const stream = [
  'retry: 1000\n\n',
  'event: snapshot\ndata: {"counts":{"completed":0}}\n\n',
  fact('file.started', { idx: 0, status: 'running' }),
  fact('file.started', { idx: 1, status: 'running' }, '1700000000124-0'),
  ': heartbeat\n\n',
  fact('file.completed', { idx: 0, status: 'completed', model: null }),
  'event: batch.progress\ndata: {"completed":1}\n\n',
  fact('file.completed', { idx: 1, status: 'completed', model: { url: '/é' } }),
  fact('batch.completed', { run: 1, status: 'completed', total: 2, completed: 2 }),
].join('');

/** @param {string[]} pieces @param {number} total */
function read(pieces, total) {
  const facts = new FactReader(total);
  for (const piece of pieces) facts.push(piece);
  const { started, done, distinct, completions, firstStartedId } = facts;
  return { started, done, distinct, completions, firstStartedId };
}
const all = { started: 2, done: 2, distinct: 2, completions: 1, firstStartedId: '1700000000123-0' };

test('counts the facts, and nothing but facts', () => {
  assert.deepEqual(read([stream], 2), all);
});

test('a stream may be cut anywhere', () => {
  for (let at = 1; at < stream.length; at += 1)
    assert.deepEqual(read([stream.slice(0, at), stream.slice(at)], 2), all);
  assert.deepEqual(read([...stream], 2), all);
});

test('a fact that comes twice is done twice, but one file', () => {
  const twice = fact('file.completed', { idx: 4, status: 'completed' });
  assert.deepEqual(read([twice + twice], 5), {
    ...all,
    started: 0,
    completions: 0,
    firstStartedId: '',
    distinct: 1,
  });
});

test('a file outside the batch and failed files are none of its files', () => {
  const text = fact('file.completed', { idx: 7 }) + fact('file.failed', { idx: 0 });
  const { done, distinct } = read([text], 5);
  assert.deepEqual({ done, distinct }, { done: 1, distinct: 0 });
});

test('an event that is not whole yet counts for nothing', () => {
  assert.equal(read([fact('batch.completed', { run: 1 }).slice(0, -1)], 1).completions, 0);
});

test('completions: one fact, one message, one id; else what is wrong', () => {
  assert.equal(agreedCount([1, 1, 1]), 1);
  assert.equal(agreedCount([1, 2, 1]), 2);
  assert.equal(agreedCount([1, 0, 0]), 0);
  assert.equal(agreedCount([2, 1, 1]), 2);
});
