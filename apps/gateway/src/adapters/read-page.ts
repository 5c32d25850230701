import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A file of a page, ready to be sent. */
export interface PageFile {
  name: string;
  type: string;
  bytes: Buffer;
  /** strong: the checksum of the bytes */
  etag: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads the files of one page once, at the start. @throws Error for a kind of file that no page has */
export async function readPage(directory: string): Promise<PageFile[]> {
  const names = await readdir(directory);
  return Promise.all(
    names.sort().map(async (name) => {
      const type = types[extname(name)];
      if (type === undefined) throw new Error(`the page ${directory} has a file of an unknown kind: ${name}`);
      const bytes = await readFile(join(directory, name));
      return { name, type, bytes, etag: `"${createHash('sha256').update(bytes).digest('hex')}"` };
    }),
  );
}
