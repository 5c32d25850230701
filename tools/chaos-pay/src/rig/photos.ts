import { photo, type UploadFile } from '@image2model/testing';

const side = 64;
const batchOfPhotos = 50;

/** So many photos of which no two have the same bytes: the stand-in's ledger tells them apart by their sha256. */
export async function photos(count: number, seed: number): Promise<UploadFile[]> {
  const made: UploadFile[] = [];
  while (made.length < count) {
    const from = made.length;
    const part = Array.from({ length: Math.min(batchOfPhotos, count - from) }, async (_, at) => ({
      name: `${from + at}.jpg`,
      bytes: await photo({ width: side, height: side, seed: seed * 100_003 + from + at }),
    }));
    made.push(...(await Promise.all(part)));
  }
  return made;
}
