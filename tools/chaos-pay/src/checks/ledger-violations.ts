import type { LedgerRow } from '@image2model/testing';
import type { PaidFile } from '../rig/views.js';

const intentPattern = /int_([0-9a-f]{32})_(\d+)_[0-9a-f]{16}/;

/** The file a job was accepted for: its image is named after the intent. */
export function fileOf(job: LedgerRow): { batchId: string; idx: number } | null {
  const [, batch, idx] = intentPattern.exec(job.image_url) ?? [];
  return batch === undefined ? null : { batchId: `bat_${batch}`, idx: Number(idx) };
}

/** What the provider's own books say against one batch: each file bought at most once, and each completed one exactly once. */
export function ledgerViolations(
  batchId: string,
  jobs: readonly LedgerRow[],
  files: readonly PaidFile[],
): string[] {
  const found: string[] = [];
  const byFile = new Map<number, LedgerRow[]>();
  const images = new Map<string, number>();
  for (const job of jobs) {
    const file = fileOf(job);
    if (file === null) found.push(`job ${job.request_id} was accepted for no file: ${job.image_url}`);
    if (file?.batchId !== batchId) continue;
    byFile.set(file.idx, [...(byFile.get(file.idx) ?? []), job]);
    if (job.image_sha256 !== null) images.set(job.image_sha256, (images.get(job.image_sha256) ?? 0) + 1);
  }
  for (const [sha256, count] of images)
    if (count > 1) found.push(`${count} jobs for the image ${sha256.slice(0, 12)}`);
  for (const file of files) {
    const own = byFile.get(file.idx) ?? [];
    if (own.length > 1) found.push(`file ${file.idx} was bought ${own.length} times`);
    if (file.status === 'completed') found.push(...completedViolations(file, own));
  }
  return found;
}

function completedViolations(file: PaidFile, jobs: readonly LedgerRow[]): string[] {
  const [job] = jobs;
  if (job === undefined) return [`file ${file.idx} is completed, but nothing was accepted for it`];
  if (file.generation.request_id !== job.request_id)
    return [`file ${file.idx} names request ${file.generation.request_id}, bought was ${job.request_id}`];
  if (job.state !== 'completed') return [`file ${file.idx} is completed, its job is ${job.state}`];
  return [];
}
