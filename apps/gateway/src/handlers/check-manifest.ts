import { buffer } from 'node:stream/consumers';
import { storedManifestSchema, type AuditCheck, type StoredManifest } from '@image2model/contracts';
import type { BatchRecord, BatchSnapshot, Progress } from '@image2model/progress';
import { storageKeys, StorageError, type Storage } from '@image2model/storage';
import { isoTime } from '../domain/batch-view.js';
import { Findings } from '../domain/findings.js';

interface Parts {
  audits: Pick<Progress['audits'], 'sourceNames'>;
  storage: Pick<Storage, 'read'>;
}

const filesPerRead = 500;

/** What was accepted, as storage holds it, is what Redis works on. */
export async function checkManifest(
  parts: Parts,
  batch: BatchRecord,
  snapshot: BatchSnapshot,
): Promise<AuditCheck> {
  const findings = new Findings();
  const manifest = await readStored(parts.storage, batch.id);
  if (typeof manifest === 'string') findings.add(manifest);
  else {
    compareHeads(findings, batch, manifest);
    await compareFiles(parts, findings, batch, manifest, snapshot);
  }
  return findings.check('manifest', 'the stored manifest and Redis');
}

async function readStored(storage: Parts['storage'], id: string): Promise<StoredManifest | string> {
  try {
    const text = (await buffer(await storage.read(storageKeys.manifest(id)))).toString('utf8');
    return storedManifestSchema.safeParse(JSON.parse(text)).data ?? 'it does not have the form of a manifest';
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not_found') return 'it is not in storage';
    if (error instanceof SyntaxError) return 'it is not JSON';
    throw error;
  }
}

/** Name, priority and retention may be changed later: they are not compared. */
function compareHeads(findings: Findings, batch: BatchRecord, manifest: StoredManifest): void {
  const pairs = {
    id: [manifest.id, batch.id],
    tenant: [manifest.tenant, batch.tenant],
    provider: [manifest.provider, batch.provider],
    total: [manifest.total, batch.total],
    created_at: [manifest.created_at, isoTime(batch.createdAtMs)],
  };
  for (const [field, [stored, known]] of Object.entries(pairs))
    if (stored !== known)
      findings.add(`${field} is ${String(stored)} in storage and ${String(known)} in Redis`);
}

async function compareFiles(
  { audits }: Parts,
  findings: Findings,
  batch: BatchRecord,
  { files }: StoredManifest,
  { states }: BatchSnapshot,
): Promise<void> {
  if (files.length === 0) return; // a batch without images
  if (files.length !== batch.total) findings.add(`it lists ${files.length} of ${batch.total} files`);
  for (let from = 0; from < files.length; from += filesPerRead) {
    const names = await audits.sourceNames(batch.id, from, from + filesPerRead);
    for (const [at, { idx, name, error }] of files.slice(from, from + filesPerRead).entries()) {
      if (idx !== from + at) findings.add(`file ${from + at} is not in its place`);
      else if (name !== names[at]) findings.add(`file ${idx} has another name in Redis`);
      else if (error !== null && states[idx] !== 'failed')
        findings.add(`file ${idx} was refused at the door and is ${String(states[idx])}`);
    }
  }
}
