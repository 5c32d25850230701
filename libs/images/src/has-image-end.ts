import type { ImageType } from '@image2model/contracts';

/** Whether a file holds the mark that its format ends with; a file that was cut short does not. */
export function hasImageEnd(type: ImageType, bytes: Buffer): boolean {
  switch (type) {
    case 'image/jpeg':
      return bytes.includes(Buffer.from([0xff, 0xd9]));
    case 'image/png':
      return bytes.includes('IEND', 0, 'latin1');
    case 'image/webp':
      return bytes.length >= 8 && bytes.readUInt32LE(4) + 8 <= bytes.length;
  }
}
