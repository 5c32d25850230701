import { parse } from 'node:path';

const mostBytes = 200;

/**
 * Hands out paths for models below --out: named like their photo, a second one of that name with `-2`. Names that differ
 * only in case count as the same, since some file systems think so.
 * @param isTaken whether something else is there already, by path below --out
 */
export function createModelNames(
  taken: Iterable<string>,
  isTaken: (path: string) => boolean,
): (folder: string, name: string) => string {
  const given = new Set([...taken].map((path) => path.toLowerCase()));
  return (folder, name) => {
    const base = safeName(parse(name).name);
    for (let n = 1; ; n += 1) {
      const path = `${folder === '' ? '' : `${folder}/`}${base}${n === 1 ? '' : `-${n}`}.glb`;
      if (given.has(path.toLowerCase()) || isTaken(path)) continue;
      given.add(path.toLowerCase());
      return path;
    }
  };
}

/** A name that every file system takes and that stays in its folder. */
function safeName(name: string): string {
  let safe = name
    .normalize('NFC')
    .replace(/[/\\\p{Cc}:*?"<>|]/gu, '_')
    .replace(/^[. ]+|[. ]+$/g, '');
  while (Buffer.byteLength(safe) > mostBytes) safe = [...safe].slice(0, -1).join('');
  return safe === '' ? 'model' : safe;
}
