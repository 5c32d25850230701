/**
 * Width and height of a JPEG or PNG, in pixels, from its header.
 * @throws Error when the bytes are neither
 */
export function imageSize(bytes: Uint8Array): [width: number, height: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 24 && view.getUint32(0) === 0x89504e47) return [view.getUint32(16), view.getUint32(20)];
  const size = bytes.length >= 4 && view.getUint16(0) === 0xffd8 ? jpegSize(view) : undefined;
  if (!size) throw new Error('The texture is neither a JPEG nor a PNG.');
  return size;
}

/** From the first start of frame; all segments before it carry their length. */
function jpegSize(view: DataView): [width: number, height: number] | undefined {
  for (let at = 2; at + 9 <= view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
  }
  return undefined;
}
