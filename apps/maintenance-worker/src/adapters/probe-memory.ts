import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';

/**
 * How full the memory of this machine or container is. The page cache counts as free: it is given back when it
 * is wanted.
 */
export async function probeMemory(): Promise<{ usedPercent: number }> {
  const total = totalmem();
  const limit = Math.min(process.constrainedMemory() || total, total);
  const used = limit < total ? await containerMemory() : undefined;
  return { usedPercent: (100 * (used ?? limit - process.availableMemory())) / limit };
}

/** Bytes this container uses without its page cache; undefined without cgroups v2. */
async function containerMemory(): Promise<number | undefined> {
  try {
    const [current, stat] = await Promise.all(
      ['memory.current', 'memory.stat'].map((name) => readFile(`/sys/fs/cgroup/${name}`, 'utf8')),
    );
    const cache = /^inactive_file (\d+)$/m.exec(stat ?? '')?.[1] ?? '0';
    return Number(current) - Number(cache);
  } catch {
    return undefined; // another cgroup layout: the caller falls back to what Node says is available
  }
}
