import type { FileProgress, Progress } from '@image2model/progress';
import { failpoint, repeat, type Logger } from '@image2model/service-kit';
import type { ProgressSink } from '../domain/progress-sink.js';

const everyMs = 250;

/** Writes the latest progress of running files, at most four times a second for each batch. */
export class ProgressWriter implements ProgressSink {
  private readonly latest = new Map<string, Map<number, FileProgress>>();
  private readonly loop: { close(): Promise<void> };

  constructor(
    private readonly progress: Progress,
    logger: Logger,
  ) {
    this.loop = repeat({ name: 'progress', everyMs, atOnce: false, logger, run: () => this.flush() });
  }

  set(batchId: string, file: FileProgress): void {
    const group = this.latest.get(batchId) ?? new Map<number, FileProgress>();
    this.latest.set(batchId, group.set(file.idx, file));
  }

  /** Nothing more of this file is written. */
  drop(batchId: string, idx: number): void {
    this.latest.get(batchId)?.delete(idx);
  }

  async close(): Promise<void> {
    await this.loop.close();
  }

  private async flush(): Promise<void> {
    const groups = [...this.latest];
    this.latest.clear();
    await Promise.all(
      groups.map(([batchId, files]) => this.progress.attempts.writeProgress(batchId, [...files.values()])),
    );
    if (groups.length > 0) failpoint('worker.26.progress-written');
  }
}
