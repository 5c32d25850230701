import { ledgerViolations, type PaidFile } from '@image2model/chaos-pay';
import type { LedgerRow } from '@image2model/testing';

const hex = 'a'.repeat(32);
const batchId = `bat_${hex}`;

function job(idx: number, more: Partial<LedgerRow> = {}): LedgerRow {
  return {
    ...{ request_id: `r${idx}`, endpoint: 'e', key: 'k', webhook_url: null, ordinal: idx + 1 },
    image_url: `https://v3.fal.media/files/x_int_${hex}_${idx}_0123456789abcdef.jpg`,
    image_sha256: `sha256 of ${idx}`,
    ...{ accepted_at: 1, started_at: 1, finished_at: 2, state: 'completed', billed: true },
    ...{ cancelled: false, fault: null, webhooks_sent: 0 },
    ...more,
  };
}
const file = (idx: number, more: Partial<PaidFile> = {}): PaidFile => ({
  ...{ idx, status: 'completed', attempts: 1, waiting_for: null, model: null, error: null, cost_usd: 0.3 },
  generation: { request_id: `r${idx}` },
  ...more,
});

/* The scenarios are worth what their checks see. */
test('a ledger in order has no violations; jobs of other batches are not looked at', () => {
  const failed = file(2, { status: 'failed', generation: { request_id: null } });
  const foreign = job(0, { request_id: 'f', image_url: job(0).image_url.replace(hex, 'b'.repeat(32)) });
  expect(ledgerViolations(batchId, [job(0), job(1), foreign], [file(0), file(1), failed])).toEqual([]);
});

test.each<[string, LedgerRow[], PaidFile[], RegExp]>([
  ['bought twice', [job(0), job(0, { image_sha256: 'other' })], [file(0)], /bought 2 times/],
  [
    'bought twice by its image',
    [job(0), job(1, { image_sha256: 'sha256 of 0' })],
    [file(0), file(1)],
    /2 jobs for the image/,
  ],
  ['completed for nothing', [], [file(0)], /nothing was accepted/],
  ['completed by another request', [job(0, { request_id: 'x' })], [file(0)], /names request r0/],
  ['completed too early', [job(0, { state: 'running' })], [file(0)], /is running/],
  ['nobody’s', [job(0, { image_url: 'https://example.com/a.jpg' })], [], /for no file/],
])('%s is a violation', (_, jobs, files, message) => {
  expect(ledgerViolations(batchId, jobs, files)).toEqual([expect.stringMatching(message)]);
});
