const magics: readonly (readonly [string, string])[] = [
  ['PK\x03\x04', 'a ZIP archive'],
  ['Kaydara FBX', 'an FBX file'],
  ['; FBX', 'an FBX file'],
  ['\x1f\x8b', 'a gzip file'],
  ['ply', 'a PLY file'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['RIFF', 'a RIFF file'],
  ['{', 'a JSON text'],
  ['<', 'an HTML or XML page'],
];

/** What bytes that are no GLB look like, for people. */
export function nameFormat(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const start = Buffer.from(bytes.subarray(0, 64))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  return magics.find(([magic]) => start.startsWith(magic))?.[1] ?? 'an unknown format';
}
