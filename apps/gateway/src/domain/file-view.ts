import { usdOf, type BatchFile, type ManifestFile, type ManifestHead } from '@image2model/contracts';
import type { BatchRecord, FileRecord } from '@image2model/progress';
import { batchPath, batchView, isoTimeOrNull } from './batch-view.js';
import { modelPath } from './file-names.js';
import type { ProviderStates } from './provider-state.js';
import { waitingFor } from './waiting-for.js';

export const modelUrl = (batchId: string, idx: number): string => `${batchPath(batchId)}/files/${idx}/model`;

/** One file as callers see it. */
export function fileView(
  batch: BatchRecord,
  file: FileRecord,
  { providers, nowMs }: { providers: ProviderStates; nowMs: number },
): BatchFile {
  const { startedAtMs, completedAtMs } = file;
  return {
    idx: file.idx,
    name: file.source?.name ?? null,
    source: sourceView(file),
    ...metadataOf(file),
    status: file.state,
    progress: file.percent,
    stage: file.stage,
    waiting_for: waitingFor(batch, file, providers, nowMs),
    attempts: file.attempts,
    generation: generationView(batch, file),
    model: modelView(batch.id, file),
    error: file.error,
    started_at: isoTimeOrNull(startedAtMs),
    completed_at: isoTimeOrNull(completedAtMs),
    processing_ms:
      startedAtMs === null || completedAtMs === null ? null : Math.max(0, completedAtMs - startedAtMs),
    cost_usd: usdOf(file.costMicro),
  };
}

/** The endpoint is the one that was asked for until the provider has the file. */
function generationView({ provider, settings }: BatchRecord, file: FileRecord): BatchFile['generation'] {
  const asked = settings['endpoint'];
  const endpoint = file.endpoint ?? (typeof asked === 'string' ? asked : null);
  return { provider, endpoint, request_id: file.requestId };
}

function sourceView({ source }: FileRecord): BatchFile['source'] {
  if (source === null) return null;
  const { bytes, type, width, height, url } = source;
  const unknown = url !== undefined && bytes === 0;
  return {
    bytes: unknown ? null : bytes,
    type: unknown ? null : type,
    width: width || null,
    height: height || null,
    ...(url === undefined ? {} : { url }),
  };
}

const metadataOf = ({ source }: FileRecord): Pick<BatchFile, 'metadata'> =>
  source?.metadata === undefined ? {} : { metadata: source.metadata };

function modelView(batchId: string, { idx, model }: FileRecord): BatchFile['model'] {
  if (model === null) return null;
  const { bytes, sha256, faces, vertices } = model;
  return { url: modelUrl(batchId, idx), bytes, sha256, faces, vertices };
}

/** One line of the manifest. */
export function manifestFile(batch: BatchRecord, file: FileRecord): ManifestFile {
  const model = modelView(batch.id, file);
  const name = file.source?.name ?? null;
  return {
    idx: file.idx,
    name,
    ...metadataOf(file),
    status: file.state,
    attempts: file.attempts,
    cost_usd: usdOf(file.costMicro),
    model: model === null ? null : { ...model, path: modelPath(file.idx, name) },
    error: file.error,
  };
}

/** What the manifest says of the batch, before its files. */
export function manifestHead(record: BatchRecord, nowMs: number): ManifestHead {
  const batch = batchView(record, [], nowMs);
  const { id, name, status, run, total_files, counts, provider, settings, cost, created_at, completed_at } =
    batch;
  return { id, name, status, run, total_files, counts, provider, settings, cost, created_at, completed_at };
}
