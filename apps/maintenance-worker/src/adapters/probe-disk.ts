import { statfs } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Storage } from '@image2model/storage';

/**
 * How full the disk of a file storage is, as `df` counts; null for a storage that knows no limit.
 * @throws when storage cannot be used
 */
export async function probeDisk(
  storage: Pick<Storage, 'freeBytes' | 'check'>,
  url: string,
): Promise<{ usedPercent: number | null }> {
  const free = await storage.freeBytes();
  if (free === null) {
    await storage.check();
    return { usedPercent: null };
  }
  const { blocks, bfree, bavail, bsize } = await statfs(fileURLToPath(url));
  const usable = (blocks - bfree + bavail) * bsize; // what is kept for root counts as neither used nor free
  return { usedPercent: usable === 0 ? 0 : 100 * (1 - free / usable) };
}
