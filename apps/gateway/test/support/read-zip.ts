import { buffer } from 'node:stream/consumers';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';

/** The files of a zip by path, in their order. @throws when the zip is broken */
export async function readZip(zip: Buffer): Promise<Map<string, Buffer>> {
  const opened = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true }, (error, file) =>
      error ? reject(error) : resolve(file),
    );
  });
  const files = new Map<string, Buffer>();
  await new Promise<void>((resolve, reject) => {
    opened.on('entry', (entry: Entry) => {
      bytesOf(opened, entry).then((bytes) => {
        if (entry.compressionMethod !== 0) reject(new Error(`${entry.fileName} is compressed`));
        if (files.has(entry.fileName)) reject(new Error(`${entry.fileName} is there twice`));
        files.set(entry.fileName, bytes);
        opened.readEntry();
      }, reject);
    });
    opened.once('end', resolve).once('error', reject);
    opened.readEntry();
  });
  return files;
}

function bytesOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(error);
      else buffer(stream).then(resolve, reject);
    });
  });
}
