import { closeSync, openSync, readSync } from 'node:fs';

/** Why a file cannot be a photo that is taken, by its first bytes; null when it looks like one. */
export function imageFault(path: string): string | null {
  let head: Buffer;
  try {
    head = firstBytes(path, 12);
  } catch (error) {
    return `cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'error'})`;
  }
  if (head.length === 0) return 'is empty';
  return imageTypeOf(head) === null ? 'is not an image that is taken (JPEG, PNG, WebP)' : null;
}

/** The media type that these first bytes begin; null for what is not taken. */
export function imageTypeOf(head: Uint8Array): string | null {
  const text = Buffer.from(head.subarray(0, 12)).toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('RIFF') && text.slice(8) === 'WEBP') return 'image/webp';
  return null;
}

export function firstBytes(path: string, count: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(file, bytes, 0, count, 0));
  } finally {
    closeSync(file);
  }
}
