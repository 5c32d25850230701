import type { BatchRecord, FileRecord } from '@image2model/progress';
import { manifestFile, manifestHead } from '../domain/file-view.js';
import { notFound } from '../domain/http-problem.js';
import type { BatchReader } from './load-batch.js';

/** A piece of the manifest's text, and the files that it tells of. */
export interface ManifestPiece {
  text: string;
  files: readonly FileRecord[];
}

const filesPerRead = 500;

/**
 * The manifest of a batch, piece by piece: memory stays flat however large the batch. It breaks off when the batch was
 * deleted or retried meanwhile, for then files may be missing from it. @throws HttpProblem 404
 */
export async function* readManifest(
  batches: Pick<BatchReader, 'files' | 'get'>,
  batch: BatchRecord,
): AsyncGenerator<ManifestPiece> {
  yield { text: `${JSON.stringify(manifestHead(batch, Date.now())).slice(0, -1)},"files":[`, files: [] };
  let separator = '\n';
  for (let from: number | null = 0; from !== null;) {
    const page: Awaited<ReturnType<BatchReader['files']>> = await batches.files(batch.id, {
      limit: filesPerRead,
      from,
    });
    let text = '';
    for (const file of page.files) {
      text += separator + JSON.stringify(manifestFile(batch, file));
      separator = ',\n';
    }
    yield { text, files: page.files };
    from = page.next;
  }
  const after = await batches.get(batch.tenant, batch.id);
  if (after?.run !== batch.run) throw notFound();
  yield { text: '\n]}\n', files: [] };
}

/** Its text alone. */
export async function* manifestText(
  batches: Pick<BatchReader, 'files' | 'get'>,
  batch: BatchRecord,
): AsyncGenerator<string> {
  for await (const { text } of readManifest(batches, batch)) yield text;
}
