/**
 * The URLs of a batch as one object in storage, so that a worker reads the one it needs and not all of them: a table
 * of the places where they begin and end (32 bits each, big-endian), then the URLs, one after the other.
 */
export function packUrls(urls: readonly string[]): Uint8Array {
  const texts = urls.map((url) => Buffer.from(url));
  const table = Buffer.alloc(4 * (urls.length + 1));
  let at = table.length;
  texts.forEach((text, idx) => {
    table.writeUInt32BE(at, 4 * idx);
    at += text.length;
  });
  table.writeUInt32BE(at, 4 * urls.length);
  return Buffer.concat([table, ...texts]);
}

/** The bytes of the table that speak of one URL; both ends inclusive. */
export const urlPlace = (idx: number): { start: number; end: number } => ({
  start: 4 * idx,
  end: 4 * idx + 7,
});

/** What these bytes say: where the URL is; both ends inclusive. */
export function urlRange(place: Buffer): { start: number; end: number } {
  return { start: place.readUInt32BE(0), end: place.readUInt32BE(4) - 1 };
}
