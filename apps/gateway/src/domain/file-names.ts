import { httpLimits } from '@image2model/contracts';

/** A sent name as it is kept: without control characters, at most 255 bytes of UTF-8. Text only, never a path. */
export function keptName(sent: string): string {
  const text = sent.replace(/\p{Cc}/gu, '');
  return cutToBytes(text, httpLimits.fileNameBytes);
}

/** Cuts between characters, never inside one. */
function cutToBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit) break;
    kept += character;
  }
  return kept;
}

/** The base of a name for a model: no folder, no extension, only what every file system takes; `model` if nothing is left. */
export function safeBase(name: string | null): string {
  const last = (name ?? '').normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const base = last.replace(/\.[A-Za-z0-9]{1,5}$/, '').replace(/[^\p{L}\p{M}\p{N} ._()-]/gu, '_');
  const cut = cutToBytes(base.replace(/^[. ]+|[. ]+$/g, ''), 120) || 'model';
  return reserved.test(cut) ? `_${cut}` : cut;
}

/** Names that mean a device on Windows, whatever follows their first dot. */
const reserved = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]) *(\.|$)/i;

/** Unique in its batch whatever the names are. */
export const modelPath = (idx: number, name: string | null): string =>
  `${String(idx).padStart(6, '0')}-${safeBase(name)}.glb`;

/** Content-Disposition of a download, for old and new clients (RFC 6266). */
export function attachment(fileName: string): string {
  const ascii = fileName.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '_');
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
