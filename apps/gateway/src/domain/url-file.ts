import { shownUrl, type ImageByUrl, type StoredFile } from '@image2model/contracts';
import type { SourceRecord } from '@image2model/progress';
import { keptName } from './file-names.js';

/** A file whose image a worker fetches when its turn comes; nothing but its URL is known. */
export function urlFile(idx: number, { url, name, metadata }: ImageByUrl): StoredFile {
  return {
    idx,
    name: keptName(name ?? '') || nameIn(url),
    bytes: 0,
    type: 'application/octet-stream',
    width: 0,
    height: 0,
    sha256: null,
    error: null,
    url,
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** The last part of the path as people read it; the host where there is none. */
function nameIn(url: string): string {
  const { pathname, hostname } = new URL(url);
  const last = pathname.split('/').at(-1) ?? '';
  return keptName(decoded(last)) || hostname;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that stands for itself
  }
}

/** What Redis keeps of an image's origin: of its URL only what may be shown. */
export const originOf = ({ url, metadata }: StoredFile): Pick<SourceRecord, 'url' | 'metadata'> => ({
  ...(url === undefined ? {} : { url: shownUrl(url) }),
  ...(metadata === undefined ? {} : { metadata }),
});
