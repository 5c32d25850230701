import type { Readable } from 'node:stream';
import type { StoredFile } from '@image2model/contracts';
import { storeImage, type ImageStore } from '@image2model/images';
import type { Metrics } from '@image2model/service-kit';
import { storageKeys } from '@image2model/storage';
import type { FormFingerprint } from '../domain/body-fingerprint.js';
import { keptName } from '../domain/file-names.js';
import { HttpProblem, invalidRequest } from '../domain/http-problem.js';
import type { FilePart, FileTaker } from '../domain/route.js';
import { createSlots } from '../domain/slots.js';
import type { Admission } from './admit-batches.js';

export interface ReceivingParts extends ImageStore {
  admission: Pick<Admission, 'checkDisk'>;
  metrics: Pick<Metrics, 'inc'>;
  maxFiles: number;
}

/** The images of one request while they arrive. */
export interface Reception {
  take: FileTaker;
  /** What was stored, by idx, when the form was read. @throws whatever makes the whole request invalid */
  finish(): StoredFile[];
}

/** Images of one request that are being checked while the next one arrives. */
const filesAtOnce = 4;

interface Receiving {
  /** takes note of what the form is */
  print?: FormFingerprint | undefined;
  /** false: images are judged, and nothing of them stays */
  keep?: boolean;
}

/** Stores file parts in their order. After a failure the rest is read and dropped, so that the caller gets an answer. */
export function receiveImages(
  parts: ReceivingParts,
  batchId: string,
  { print, keep = true }: Receiving = {},
): Reception {
  const files: StoredFile[] = [];
  const foreign = new Set<string>();
  const slots = createSlots(filesAtOnce);
  let seen = 0;
  let failure: { error: unknown } | undefined;

  const store = async (idx: number, part: FilePart): Promise<void> => {
    await parts.admission.checkDisk();
    const key = storageKeys.source(batchId, idx);
    const file = await storeImage(parts, key, print?.watch(part, piecesOf(part)) ?? piecesOf(part));
    if (!keep) await parts.storage.remove(key);
    files[idx] = { idx, name: keptName(part.name), ...file };
    parts.metrics.inc('upload_bytes_total', {}, file.bytes);
  };
  const refused = (): boolean => failure !== undefined || foreign.size > 0 || seen > parts.maxFiles;

  return {
    take: async (part) => {
      if (part.field === 'images') seen += 1;
      else foreign.add(part.field);
      const idx = seen - 1;
      try {
        await slots.run(async () => (refused() ? undefined : store(idx, part)));
      } catch (error) {
        failure ??= { error };
      }
      await drained(part.stream);
    },
    finish: () => {
      if (foreign.size > 0)
        throw invalidRequest(
          [...foreign].map((path) => ({
            path,
            message: 'is not a field for files; file parts are named images',
          })),
        );
      if (seen > parts.maxFiles) throw tooMany(parts.maxFiles, seen);
      if (failure !== undefined) throw failure.error;
      if (seen === 0) throw invalidRequest([{ path: 'images', message: 'needs at least 1 file; got 0' }]);
      return files;
    },
  };
}

/** Reads the file parts of a form for its fingerprint and keeps nothing. */
export const readImages =
  (print: FormFingerprint): FileTaker =>
  async (part) => {
    try {
      const pieces = print.watch(part, piecesOf(part));
      while ((await pieces.next()).done !== true);
    } catch {
      // the form is broken: who reads it says so
      await drained(part.stream);
    }
  };

/** What is left of a part is read by its taker, so its stream is not destroyed. */
const piecesOf = ({ stream }: FilePart): AsyncIterator<Uint8Array> =>
  stream.iterator({ destroyOnReturn: false });

function tooMany(limit: number, seen: number): HttpProblem {
  const errors = [{ path: 'images', message: `the limit is ${limit} files in a request; got ${seen}` }];
  return new HttpProblem(413, 'too_many_files', `images: ${errors[0]?.message}`, { errors });
}

/** Reads what is left of a part; a broken request is noticed by who reads the form. */
async function drained(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream
      .once('close', resolve)
      .once('end', resolve)
      .once('error', () => resolve());
    stream.resume();
  });
}
