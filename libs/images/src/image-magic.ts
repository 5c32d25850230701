import type { ImageType } from '@image2model/contracts';

/** The allowed format whose first bytes these are; null for everything else. */
export function imageMagic(head: Uint8Array): ImageType | null {
  const text = Buffer.from(head.subarray(0, 12)).toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('RIFF') && text.slice(8) === 'WEBP') return 'image/webp';
  return null;
}
