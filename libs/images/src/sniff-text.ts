/** What files without magic bytes are, by their beginning; null when it is not text either. */
export function sniffText(head: Uint8Array): { type: string; typeName: string } | null {
  const bytes = head.subarray(0, 4096);
  if (bytes.includes(0)) return null;
  let text: string;
  try {
    // the cut may fall inside a character: `stream` forgives that
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null; // not UTF-8: binary
  }
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return null;
  const start = text.trimStart().slice(0, 1000).toLowerCase();
  if (/<svg[\s>]/.test(start)) return { type: 'image/svg+xml', typeName: 'SVG' };
  if (/^(<!doctype html|<html)/.test(start)) return { type: 'text/html', typeName: 'HTML' };
  if (start.startsWith('<?xml')) return { type: 'application/xml', typeName: 'XML' };
  return { type: 'text/plain', typeName: 'text' };
}
