import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { ArchiveEntry, Pack } from '../domain/archive.js';

/** The most that an entry takes in the directory at the end, beside its path. */
const directoryEntryBytes = 46 + 9 + 28;
/** yazl announces a zip64 ending from here on, but writes it far later unless it is told to: then the length is wrong. */
const largestShortDirectory = 0xffff;

/**
 * A zip as it is read: entries are stored, opened one after the other, and closed when the reader goes away. Only
 * names and sizes are kept, for the directory at its end; zip64 where it is needed.
 */
export const packZip: Pack = async (entries, modifiedAt) => {
  const zip = new ZipFile();
  const bytes = readableOf(zip);
  const opened = openInTurn(zip, bytes);
  let planned: () => void = () => undefined;
  const turn = new Promise<void>((resolve) => (planned = resolve));
  try {
    let directoryBytes = 0;
    for await (const entry of entries) {
      directoryBytes += directoryEntryBytes + Buffer.byteLength(entry.path);
      const options = { size: entry.bytes, compress: false, mtime: modifiedAt, mode: 0o100644 };
      zip.addReadStreamLazy(entry.path, options, (give) => {
        turn
          .then(() => opened(entry))
          .then((stream) => give(null, stream))
          .catch((error: unknown) => zip.emit('error', error));
      });
    }
    const length = await new Promise<number>((resolve) => {
      const end = { forceZip64Format: directoryBytes >= largestShortDirectory, comment: '' };
      zip.end(end, (total = -1) => resolve(total));
    });
    return { bytes, length };
  } catch (error) {
    bytes.destroy();
    throw error;
  } finally {
    planned();
  }
};

/** yazl's types know less of its output than it is. */
function readableOf({ outputStream }: ZipFile): Readable {
  if (outputStream instanceof Readable) return outputStream;
  throw new TypeError('a zip that is no stream');
}

/** What goes wrong with an entry breaks the zip; one entry at a time is open. */
function openInTurn(zip: ZipFile, out: Readable): (entry: ArchiveEntry) => Promise<Readable> {
  let current: Readable | undefined;
  zip.on('error', (error: Error) => out.destroy(error));
  out.once('close', () => current?.destroy());
  return async (entry) => {
    if (out.destroyed) throw new Error('nobody reads this zip any more');
    current = await entry.open();
    current.once('error', (error) => zip.emit('error', error));
    if (out.destroyed) current.destroy();
    return current;
  };
}
