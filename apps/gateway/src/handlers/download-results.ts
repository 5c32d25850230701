import { Readable } from 'node:stream';
import type { BatchRecord } from '@image2model/progress';
import type { Storage } from '@image2model/storage';
import type { Archive, ArchiveEntry, Pack } from '../domain/archive.js';
import { batchPath, isTerminal, statusOf } from '../domain/batch-view.js';
import { attachment, modelPath } from '../domain/file-names.js';
import { HttpProblem, unavailable } from '../domain/http-problem.js';
import type { Places } from '../domain/places.js';
import { defineRoute, type Route } from '../domain/route.js';
import { loadBatch, type BatchReader } from './load-batch.js';
import { manifestText, readManifest } from './read-manifest.js';

export interface ResultsParts {
  batches: BatchReader;
  storage: Pick<Storage, 'read'>;
  pack: Pack;
  /** room for the files of all zips that are being read: each is kept by name and size until its zip's end */
  zipRoom: Places;
}

/** What a zip takes of the room beside its files. */
const zipOverhead = 1_000;

/** Every model of an ended batch under the path that the manifest gives it, and then the manifest. */
export const downloadResults = ({ batches, storage, pack, zipRoom }: ResultsParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}/results.zip',
    async handle(request) {
      const batch = await loadBatch(batches, request);
      if (!isTerminal(batch)) throw notEnded(batch);
      const leave = zipRoom.take(batch.counts.completed + zipOverhead);
      if (leave === null) throw unavailable('Too many results are being downloaded.', 30);
      let archive: Archive;
      try {
        archive = await pack(entriesOf(batches, storage, batch), new Date(batch.finishedAtMs ?? 0));
      } catch (error) {
        leave();
        throw error;
      }
      archive.bytes.once('close', leave);
      const headers = {
        'Content-Type': 'application/zip',
        'Content-Length': String(archive.length),
        'Content-Disposition': attachment(`${batch.id}.results.zip`),
      };
      return { status: 200, headers, bytes: archive.bytes };
    },
  });

/** A zip that misses what is still to come would look like all there is. */
const notEnded = (batch: BatchRecord): HttpProblem =>
  new HttpProblem(
    409,
    'batch_not_ended',
    `The batch is ${statusOf(batch)}; its results.zip is there when it has ended. The models that are finished are at ${batchPath(batch.id)}/files/{idx}/model.`,
  );

/** Models in the order of their files; the manifest comes last, so its size is known by then. */
async function* entriesOf(
  batches: BatchReader,
  storage: ResultsParts['storage'],
  batch: BatchRecord,
): AsyncGenerator<ArchiveEntry> {
  let manifestBytes = 0;
  for await (const { text, files } of readManifest(batches, batch)) {
    manifestBytes += Buffer.byteLength(text);
    for (const { idx, source, model } of files) {
      if (model === null) continue;
      const { key, bytes } = model;
      yield { path: modelPath(idx, source?.name ?? null), bytes, open: () => storage.read(key) };
    }
  }
  const open = async (): Promise<Readable> =>
    Readable.from(manifestText(batches, batch), { highWaterMark: 1 });
  yield { path: 'manifest.json', bytes: manifestBytes, open };
}
