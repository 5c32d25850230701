export type Json = Record<string, unknown>;

/** The parts of a GLB, for tests that make them wrong. */
export interface GlbParts {
  readonly json: Json;
  readonly binary: Buffer;
}

export function takeApart(glb: Uint8Array): GlbParts {
  const bytes = Buffer.from(glb.buffer, glb.byteOffset, glb.byteLength);
  const jsonLength = bytes.readUInt32LE(12);
  const json = JSON.parse(bytes.toString('utf8', 20, 20 + jsonLength)) as Json;
  return { json, binary: bytes.subarray(28 + jsonLength) };
}

/** @param json an object, or text that is no JSON */
export function putTogether(json: object | string, binary: Uint8Array): Buffer {
  const text = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  const padded = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, ' ')]);
  const chunk = (type: number, data: Uint8Array): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(data.length, 0);
    head.writeUInt32LE(type, 4);
    return Buffer.concat([head, data]);
  };
  const chunks = Buffer.concat([
    chunk(0x4e4f534a, padded),
    ...(binary.length > 0 ? [chunk(0x004e4942, binary)] : []),
  ]);
  const head = Buffer.from('glTF\x02\0\0\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(12 + chunks.length, 8);
  return Buffer.concat([head, chunks]);
}

/** The same GLB with other JSON. */
export function withJson(glb: Uint8Array, change: (json: Json) => void): Buffer {
  const { json, binary } = takeApart(glb);
  change(json);
  return putTogether(json, binary);
}

/** An object inside of JSON, to be changed. */
export function part(json: Json, ...path: (string | number)[]): Json {
  let found: unknown = json;
  for (const key of path) found = Object(found)[key];
  if (typeof found !== 'object' || found === null) throw new Error(`The JSON has no /${path.join('/')}.`);
  return found as Json;
}

/** The entries of a list of JSON. */
export const listOf = (json: Json, name: string): unknown[] => Object.values(part(json, name));
