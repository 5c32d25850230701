import type { Fleet } from '@image2model/progress';
import type { RedisFacts } from '../domain/health-facts.js';

const number = (text: string | undefined): number => Number(text ?? 0) || 0;
const isOk = (text: string | undefined): boolean => (text ?? 'ok') === 'ok';

/** What Redis says of itself. Evictions count from one look to the next. */
export function createRedisProbe(fleet: Pick<Fleet, 'ping' | 'serverInfo'>): () => Promise<RedisFacts> {
  let evictedBefore: number | undefined;
  return async () => {
    await fleet.ping();
    const info = await fleet.serverInfo();
    const evicted = number(info['evicted_keys']);
    const since = Math.max(0, evicted - (evictedBefore ?? evicted));
    evictedBefore = evicted;
    return {
      usedMemory: number(info['used_memory']),
      maxMemory: number(info['maxmemory']),
      aofLastWriteOk: isOk(info['aof_last_write_status']),
      lastSaveOk: isOk(info['rdb_last_bgsave_status']),
      maxMemoryPolicy: info['maxmemory_policy'] ?? 'unknown',
      clients: number(info['connected_clients']),
      maxClients: number(info['maxclients']),
      evicted: since,
    };
  };
}
