import { modelGenerate, sealEnvelope } from '@image2model/contracts';
import { fileOfMessage, reasonOfHeaders } from './dead-letter.js';

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

test('our own reason goes before the broker’s', () => {
  expect(
    reasonOfHeaders({
      'i2m-reason': 'invalid_payload',
      'i2m-error': 'gen',
      'x-first-death-reason': 'rejected',
    }),
  ).toBe('invalid_payload: gen');
  expect(reasonOfHeaders({ 'x-first-death-reason': 'delivery_limit' })).toBe('broker: delivery_limit');
  expect(reasonOfHeaders({})).toBe('unknown');
});
