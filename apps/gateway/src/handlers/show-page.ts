import { Readable } from 'node:stream';
import { matchesTag } from '../domain/entity-tag.js';
import { defineRoute, type Route } from '../domain/route.js';

/** A file of a page as it is sent. */
export interface ServedFile {
  name: string;
  type: string;
  bytes: Buffer;
  etag: string;
}

/** A page may load its own files and ask its own API, nothing else, and stands in no frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

/** A page below `path` and its files; open to all, for it shows nothing before somebody signs in. */
export const showPage = (path: string, files: readonly ServedFile[]): Route[] =>
  files.map((file) =>
    defineRoute({
      method: 'GET',
      path: file.name === 'index.html' ? path : `${path}/${file.name}`,
      open: true,
      handle: async (request) => {
        const headers = {
          'Content-Security-Policy': policy,
          // asked for again each time, and mostly answered by 304: a new version is seen at once
          'Cache-Control': 'no-cache',
          ETag: file.etag,
        };
        if (matchesTag(request.header('If-None-Match'), file.etag))
          return { status: 304, headers, nothing: true };
        const { type, bytes } = file;
        const about = { ...headers, 'Content-Type': type, 'Content-Length': String(bytes.length) };
        return { status: 200, headers: about, bytes: Readable.from([bytes]) };
      },
    }),
  );
