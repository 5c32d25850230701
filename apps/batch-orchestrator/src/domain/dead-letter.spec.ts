import { modelGenerate, sealEnvelope } from '@image2model/contracts';
import { fileOfMessage, headersToSend, reasonOfHeaders, redriveOfHeaders } from './dead-letter.js';

test('the file of a message, if it can be read', () => {
  const envelope = sealEnvelope(modelGenerate, { batchId: 'bat_x', fileIdx: 7, payload: { gen: 0 } });
  expect(fileOfMessage(Buffer.from(JSON.stringify(envelope)))).toEqual({ batchId: 'bat_x', fileIdx: 7 });
  expect(fileOfMessage(Buffer.from(JSON.stringify({ ...envelope, version: 99 })))).toEqual({
    batchId: 'bat_x',
    fileIdx: 7,
  });
  for (const broken of ['', '{', '[]', '{"batchId":"x"}', JSON.stringify({ ...envelope, fileIdx: 'x' })])
    expect(fileOfMessage(Buffer.from(broken))).toBeNull();
});

test.each([
  [
    {
      'i2m-reason': 'not_json',
      'i2m-error': 'not_json: Unexpected token',
      'x-first-death-reason': 'rejected',
    },
    'not_json: the body is not JSON; Unexpected token',
  ],
  [
    { 'i2m-reason': 'unknown_version', 'i2m-error': 'unknown_version: v99; this build reads v1' },
    'unknown_version: this build does not know its version; a newer one may; v99; this build reads v1',
  ],
  [
    { 'i2m-reason': 'dependency.redis', 'i2m-error': 'a step in Redis failed' },
    'dependency.redis: Redis, RabbitMQ or storage did not answer; a step in Redis failed',
  ],
  [
    { 'i2m-reason': 'poison', 'i2m-error': 'workers died five times on this file' },
    'poison: workers died five times on this file',
  ],
  [{ 'i2m-reason': 'own_code' }, 'own_code'],
  [
    { 'x-first-death-reason': 'delivery_limit', 'i2m-error': 'of another try' },
    'delivery_limit: it was given out as often as its queue allows, and every time whoever had it went away',
  ],
  [{ 'i2m-reason': 'constructor', 'i2m-error': 7 }, 'constructor'],
])('why it is dead, in a code and in words for people on call: %j', (headers, reason) => {
  expect(reasonOfHeaders(headers)).toBe(reason);
});

test('a reason is short, and no header is repeated that is no reason', () => {
  for (const strange of [{}, { 'i2m-reason': 'two\nlines' }, { 'i2m-reason': ['x'] }])
    expect(reasonOfHeaders(strange)).toMatch(/^unknown: nothing says why/);
  expect(reasonOfHeaders({ 'i2m-reason': 'a', 'i2m-error': 'x'.repeat(5_000) })).toHaveLength(1_000);
});

test('which dead letter it was redriven from', () => {
  const id = `dl_${'0a'.repeat(12)}`;
  expect(redriveOfHeaders({ 'i2m-redrive-of': id })).toBe(id);
  for (const strange of [{}, { 'i2m-redrive-of': `${id}x` }, { 'i2m-redrive-of': [id] }])
    expect(redriveOfHeaders(strange)).toBeNull();
});

test('of the foreign headers, short plain values go with it again; none of the broker’s and none of ours', () => {
  expect(
    headersToSend({
      traceparent: '00-1-2-01',
      count: 3,
      flag: true,
      'x-death': [{ count: 1 }],
      'X-First-Death-Queue': 'q',
      'i2m-attempt': 4,
      table: { a: 1 },
      fraction: 0.5,
      'two words': 'x',
      long: 'x'.repeat(1_001),
    }),
  ).toEqual({ traceparent: '00-1-2-01', count: 3, flag: true });
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`h${n}`, n]));
  expect(Object.keys(headersToSend(many))).toHaveLength(20);
});
