import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { photo } from './photo.js';

/** A JPEG whose header is fine and whose second half is missing. */
export async function truncatedJpeg(): Promise<Buffer> {
  const whole = await photo({ width: 640, height: 480, seed: 7 });
  return whole.subarray(0, Math.floor(whole.length / 2));
}

/** A good JPEG with padding behind it: too large in bytes only. */
export async function paddedJpeg(bytes: number = 25 * 1024 * 1024): Promise<Buffer> {
  const whole = await photo({ seed: 8 });
  return Buffer.concat([whole, Buffer.alloc(Math.max(0, bytes - whole.length))]);
}

/** A valid one-bit PNG of 10,000 × 6,000 pixels (60 megapixels) in about 7 KB. */
export function bombPng(width = 10_000, height = 6_000): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8); // one bit, grey, no interlace
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Formats that are images or look like documents, and are not taken. */
export async function disallowedImages(): Promise<
  Record<'gif' | 'tiff' | 'svg' | 'pdf' | 'text' | 'empty', Buffer>
> {
  const small = sharp(await photo({ width: 32, height: 32 }));
  return {
    gif: await small.clone().gif().toBuffer(),
    tiff: await small.clone().tiff().toBuffer(),
    svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>'),
    pdf: Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n'),
    text: Buffer.from('this is not an image, whatever its name says\n'),
    empty: Buffer.alloc(0),
  };
}
