import type { Rig } from '../rig/open-rig.js';
import { isTerminal, type PaidBatch, type PaidFile } from '../rig/views.js';
import { fileOf, ledgerViolations } from './ledger-violations.js';

const microUsd = (usd: number): number => Math.round(usd * 1_000_000);

/** Everything that the HTTP API and the provider's books say against a batch that has ended. */
export async function batchViolations(rig: Rig, id: string): Promise<string[]> {
  const batch = await rig.batch(id);
  const [files, audit] = await Promise.all([rig.files(id), rig.audit(id)]);
  const failed = audit.checks.filter(({ ok }) => !ok);
  return [
    ...(isTerminal(batch) ? [] : [`the batch is ${batch.status}`]),
    ...countViolations(batch, files),
    ...ledgerViolations(id, rig.fal.ledger(), files),
    ...moneyViolations(rig, batch, files),
    ...(audit.ok
      ? []
      : [`the audit says: ${failed.map(({ name, detail }) => `${name} (${detail})`).join()}`]),
  ];
}

function countViolations({ counts, total_files }: PaidBatch, files: readonly PaidFile[]): string[] {
  const found: string[] = [];
  if (files.length !== total_files) found.push(`${files.length} files of ${total_files}`);
  for (const [status, counted] of Object.entries(counts)) {
    const are = files.filter((file) => file.status === status).length;
    if (are !== counted) found.push(`${are} files are ${status}, the batch counts ${counted}`);
  }
  return found;
}

/** Files, batch and provider agree about the money; a doubtful submit counts as spent although nobody knows of a job. */
function moneyViolations({ fal }: Rig, { id, cost }: PaidBatch, files: readonly PaidFile[]): string[] {
  const spent = microUsd(cost.actual_usd);
  const ofFiles = files.reduce((sum, file) => sum + microUsd(file.cost_usd), 0);
  const found: string[] = [];
  if (ofFiles !== spent) found.push(`the files cost ${ofFiles} in all, the batch ${spent} micro-USD`);
  const billed = fal.ledger().filter((job) => job.billed && fileOf(job)?.batchId === id).length;
  const doubtful = files.filter(({ error }) => error?.code.startsWith('ambiguous')).length;
  const paid = files.filter((file) => file.cost_usd > 0).length;
  if (paid < billed || paid > billed + doubtful)
    found.push(`${paid} files cost something, the provider bills ${billed} (${doubtful} in doubt)`);
  if (cost.budget_usd !== null && spent > microUsd(cost.budget_usd))
    found.push(`${spent} micro-USD spent of ${microUsd(cost.budget_usd)}`);
  return found;
}
