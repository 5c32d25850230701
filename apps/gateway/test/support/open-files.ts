import { readdir, readlink } from 'node:fs/promises';

/** What a process has open below a directory. */
export async function openFilesBelow(pid: number, directory: string): Promise<string[]> {
  const links = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(
    links.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')), // closed meanwhile
  );
  return targets.filter((target) => target.startsWith(`${directory}/`));
}
