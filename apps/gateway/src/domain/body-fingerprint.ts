import { createHash, type Hash } from 'node:crypto';

/** Two JSON bodies with the same fingerprint ask for the same: order of keys and white space do not count. */
export function jsonFingerprint(body: unknown): string {
  const hash = createHash('sha256').update('json\n');
  write(hash, body);
  return hash.digest('hex');
}

/** Piece by piece: a body may be large. Bodies are not nested deeply (parseJson), so this may recurse. */
function write(hash: Hash, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    hash.update(JSON.stringify(value) ?? 'null');
    return;
  }
  const list = Array.isArray(value);
  hash.update(list ? '[' : '{');
  for (const key of list ? value.keys() : Object.keys(value).sort()) {
    if (!list) hash.update(`${JSON.stringify(key)}:`);
    write(hash, Reflect.get(value, key));
    hash.update(',');
  }
  hash.update(list ? ']' : '}');
}

/** The fingerprint of a form, made while its files pass by. */
export interface FormFingerprint {
  /** The same pieces, hashed. @param index place of the file among the parts of the form */
  watch(
    part: { index: number; field: string; name: string },
    pieces: AsyncIterator<Uint8Array>,
  ): AsyncIterator<Uint8Array>;
  /** Fields in any order, files in theirs by name and bytes; not the boundary, nor what announces their type. */
  of(fields: Readonly<Record<string, unknown>>): string;
}

export function createFormFingerprint(): FormFingerprint {
  const files: { field: string; name: string; hash: Hash }[] = [];
  return {
    watch: ({ index, field, name }, pieces) => {
      const hash = createHash('sha256');
      files[index] = { field, name, hash };
      return {
        next: async () => {
          const piece = await pieces.next();
          if (piece.done !== true) hash.update(piece.value);
          return piece;
        },
      };
    },
    of: (fields) => {
      const parts = files.map(({ field, name, hash }) => [field, name, hash.digest('hex')]);
      const texts = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
      return createHash('sha256')
        .update(`form\n${JSON.stringify([texts, parts])}`)
        .digest('hex');
    },
  };
}
