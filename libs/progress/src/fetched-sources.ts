import type { Redis } from 'ioredis';
import { sourceSchema } from './batch-records.js';
import { keys } from './keys.js';
import type { SourceRecord } from './types.js';

/** What workers find out about images by URL when they fetch them. */
export class FetchedSources {
  constructor(private readonly redis: Redis) {}

  /** Writes what a file's image is. Repeats change nothing; of a batch that is gone nothing is written. */
  async describe(
    batchId: string,
    idx: number,
    facts: Pick<SourceRecord, 'bytes' | 'type' | 'width' | 'height'>,
  ): Promise<void> {
    const text = await this.redis.lindex(keys.sources(batchId), idx);
    if (text === null || text === '') return;
    const { bytes, type, width, height } = facts;
    const source = { ...sourceSchema.parse(JSON.parse(text)), bytes, type, width, height };
    try {
      await this.redis.lset(keys.sources(batchId), idx, JSON.stringify(source));
    } catch (error) {
      // deleted in between: LSET makes no list
      if (!(error instanceof Error && error.message.includes('no such key'))) throw error;
    }
  }
}
