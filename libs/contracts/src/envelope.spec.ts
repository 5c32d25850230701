import { openEnvelope, sealEnvelope } from './envelope.js';
import { fileSettled } from './messages/file-settled.js';

const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const good = sealEnvelope(fileSettled, { batchId: 'bat_x', payload: { files: [1, 2] } });

test('JSON only, UTC: what was sealed can be opened', () => {
  expect(openEnvelope(fileSettled, body(good))).toEqual(good);
  expect(good).toMatchObject({ type: 'file.settled', version: 1, batchId: 'bat_x' });
});

test.each([
  ['not_json', Buffer.from('{')],
  ['not_an_envelope', body({ ...good, id: '' })],
  ['not_an_envelope', body({ ...good, surprise: 1 })],
  ['not_an_envelope', body([])],
  ['unexpected_type', body({ ...good, type: 'model.generate' })],
  ['unknown_version', body({ ...good, version: 99 })],
  ['invalid_payload', body({ ...good, payload: { files: [] } })],
  ['invalid_payload', body({ ...good, payload: { files: [-1] } })],
  ['invalid_payload', body({ ...good, payload: null })],
])('%s is refused with its reason', (reason, bytes) => {
  expect(() => openEnvelope(fileSettled, bytes)).toThrow(expect.objectContaining({ reason }));
});
