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

/** Bytes this container uses without its page cache, by cgroups v2 or v1; undefined without either. */
async function containerMemory(): Promise<number | undefined> {
  const [v2, v1] = await Promise.all([
    usedBy('memory.current', 'memory.stat', /^inactive_file (\d+)$/m),
    usedBy('memory/memory.usage_in_bytes', 'memory/memory.stat', /^total_inactive_file (\d+)$/m),
  ]);
  return v2 ?? v1;
}

/** Another layout is no fault: the caller falls back to what Node says is available. */
async function usedBy(usage: string, stat: string, cache: RegExp): Promise<number | undefined> {
  try {
    const [used = '', facts = ''] = await Promise.all(
      [usage, stat].map((name) => readFile(`/sys/fs/cgroup/${name}`, 'utf8')),
    );
    return Number(used) - Number(cache.exec(facts)?.[1] ?? 0);
  } catch {
    return undefined;
  }
}
