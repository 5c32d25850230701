/**
 * Finds vertices that are equal in every attribute, bit by bit.
 * @param arrays the attributes, each `vertices` elements long
 * @returns vertex → the first one that equals it
 */
export function weldVertices(arrays: readonly ArrayBufferView[], vertices: number): Uint32Array {
  const { words, width } = packWords(arrays, vertices);
  const slots = 2 ** Math.ceil(Math.log2(vertices * 2 + 1));
  const table = new Int32Array(slots).fill(-1);
  const first = new Uint32Array(vertices);
  for (let vertex = 0; vertex < vertices; vertex++) {
    let slot = hash(words, vertex * width, width) & (slots - 1);
    for (let other = table[slot] ?? -1; ; other = table[slot] ?? -1) {
      if (other < 0) table[slot] = other = vertex;
      if (isEqual(words, vertex * width, other * width, width)) {
        first[vertex] = other;
        break;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }
  return first;
}

/** The attributes of a vertex side by side, in whole words. */
function packWords(
  arrays: readonly ArrayBufferView[],
  vertices: number,
): { readonly words: Uint32Array; readonly width: number } {
  const sizes = arrays.map(({ byteLength }) => byteLength / vertices);
  const width = Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 4);
  const bytes = new Uint8Array(vertices * width * 4);
  let offset = 0;
  arrays.forEach(({ buffer, byteOffset, byteLength }, index) => {
    const [source, size] = [new Uint8Array(buffer, byteOffset, byteLength), sizes[index] ?? 0];
    for (let vertex = 0; vertex < vertices; vertex++)
      for (let at = 0; at < size; at++)
        bytes[vertex * width * 4 + offset + at] = source[vertex * size + at] ?? 0;
    offset += size;
  });
  return { words: new Uint32Array(bytes.buffer), width };
}

/** FNV-1a over words, then mixed: neighbouring vertices differ in few bits. */
function hash(words: Uint32Array, start: number, width: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < start + width; at++) {
    value = Math.imul(value ^ (words[at] ?? 0), 0x01000193);
    value ^= value >>> 15;
  }
  return Math.imul(value ^ (value >>> 13), 0x5bd1e995) >>> 0;
}

function isEqual(words: Uint32Array, one: number, other: number, width: number): boolean {
  for (let at = 0; at < width; at++) if (words[one + at] !== words[other + at]) return false;
  return true;
}
