import { ImageError } from './image-error.js';
import { u8 } from '../typed-access.js';

export type ImageFormat = 'jpeg' | 'png' | 'webp';

const signatures: readonly (readonly [name: string, offset: number, bytes: string])[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['webp', 8, 'WEBP'],
  ['GIF', 0, 'GIF8'],
  ['TIFF', 0, 'II*\0'],
  ['TIFF', 0, 'MM\0*'],
  ['BMP', 0, 'BM'],
  ['HEIF or AVIF', 4, 'ftyp'],
  ['JPEG XL', 0, '\xff\x0a'],
  ['JPEG XL', 0, '\0\0\0\x0cJXL '],
  ['JPEG 2000', 0, '\0\0\0\x0cjP  '],
  ['PDF', 0, '%PDF'],
  ['PSD', 0, '8BPS'],
  ['SVG or XML', 0, '<?xml'],
  ['SVG', 0, '<svg'],
];

/**
 * The format by its first bytes, after a walk over the file's own structure.
 * @throws ImageError truncated, unsupported_format or undecodable; pixels are not looked at
 */
export function checkImageBytes(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw new ImageError('input.truncated', 'The image is empty (0 bytes).');
  const name = signatures.find(([, offset, text]) => startsWith(bytes, offset, text))?.[0];
  if (name !== 'jpeg' && name !== 'png' && name !== 'webp') throw refusal(bytes, name);
  const isWhole = { jpeg: hasEndOfImage, png: hasEndChunk, webp: hasWholeRiff }[name](bytes);
  if (!isWhole) {
    throw new ImageError(
      'input.truncated',
      `The ${name} file ends too early: ${bytes.length} bytes are not all of it.`,
    );
  }
  return name;
}

function refusal(bytes: Uint8Array, name: string | undefined): ImageError {
  if (name !== undefined) {
    return new ImageError('input.unsupported_format', `${name} is not supported; send JPEG, PNG or WebP.`);
  }
  const isStump =
    signatures.slice(0, 2).some(([, , text]) => startsWith(bytes, 0, text.slice(0, bytes.length))) ||
    (bytes.length < 12 && startsWith(bytes, 0, 'RIFF'.slice(0, bytes.length)));
  return isStump
    ? new ImageError('input.truncated', `The image ends within its first ${bytes.length} bytes.`)
    : new ImageError('input.undecodable', 'The bytes are no image: no known signature at their start.');
}

function startsWith(bytes: Uint8Array, offset: number, text: string): boolean {
  if (bytes.length < offset + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Walks the segments, and inside a scan the entropy-coded bytes, up to EOI. */
function hasEndOfImage(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 1 < bytes.length) {
    if (u8(bytes, at) !== 0xff || u8(bytes, at + 1) === 0x00) at++;
    else if (u8(bytes, at + 1) === 0xd9) return true;
    else if (u8(bytes, at + 1) === 0xff) at++;
    else if (u8(bytes, at + 1) >= 0xd0 && u8(bytes, at + 1) <= 0xd8) at += 2;
    else if (at + 3 < bytes.length) at += 2 + Math.max(2, view.getUint16(at + 2));
    else return false;
  }
  return false;
}

function hasEndChunk(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (startsWith(bytes, at + 4, 'IEND')) return true;
  }
  return false;
}

function hasWholeRiff(bytes: Uint8Array): boolean {
  const declared = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4, true);
  return declared + 8 <= bytes.length;
}
