import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { random } from '../random.js';
import type { Job } from './job.js';
import { merged } from './merged.js';
import type { WebhookOptions } from './options.js';
import { failureOf, outputOf, type FileFacts } from './results.js';
import type { WebhookKeys } from './webhook-keys.js';

export interface WebhookCounts {
  /** Answered with a 2xx. */
  delivered: number;
  /** Tries that failed: no connection, no answer in time, or another status. */
  failed_tries: number;
  gave_up: number;
  /** Left out on purpose. */
  missing: number;
}

/** Tells the callers of finished jobs, as often as fal would, with shorter pauses. */
export class Webhooks {
  readonly counts: WebhookCounts = { delivered: 0, failed_tries: 0, gave_up: 0, missing: 0 };
  private readonly draw: () => number;
  private readonly closing = new AbortController();

  constructor(
    private options: WebhookOptions,
    private readonly keys: WebhookKeys,
    private readonly files: FileFacts,
    seed: number,
  ) {
    this.draw = random(seed + 31);
    // every webhook that waits listens
    setMaxListeners(0, this.closing.signal);
  }

  change(next: { [K in keyof WebhookOptions]?: WebhookOptions[K] | undefined }): void {
    this.options = merged(this.options, next);
  }

  started(job: Job): void {
    const early = this.draw();
    if (!this.options.enabled || job.webhookUrl === null || early >= this.options.earlyShare) return;
    void this.send(job, this.body(job));
  }

  finished(job: Job): void {
    const [missing, twice] = [this.draw(), this.draw()];
    if (!this.options.enabled || job.webhookUrl === null) return;
    if (missing < this.options.missingShare) {
      this.counts.missing += 1;
      return;
    }
    const body = this.body(job);
    void this.later(job, body, twice < this.options.duplicateShare ? 2 : 1);
  }

  close(): void {
    this.closing.abort();
  }

  private async later(job: Job, body: string, times: number): Promise<void> {
    await this.wait(this.options.delayMs);
    for (let sent = 0; sent < times; sent += 1) await this.send(job, body);
  }

  private async send(job: Job, body: string): Promise<void> {
    const { tries, firstPauseMs } = this.options;
    for (let attempt = 0; attempt < tries && !this.closing.signal.aborted; attempt += 1) {
      if (attempt > 0) await this.wait(firstPauseMs * 2 ** (attempt - 1));
      if (await this.post(job, body)) return;
    }
    if (!this.closing.signal.aborted) this.counts.gave_up += 1;
  }

  private async post(job: Job, body: string): Promise<boolean> {
    if (job.webhookUrl === null || this.closing.signal.aborted) return false;
    job.webhooksSent += 1;
    try {
      const response = await fetch(job.webhookUrl, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', ...this.keys.sign(body, job.requestId) },
        body,
        signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(this.options.timeoutMs)]),
      });
      await response.arrayBuffer();
      if (response.ok) this.counts.delivered += 1;
      else this.counts.failed_tries += 1;
      return response.ok;
    } catch {
      this.counts.failed_tries += 1;
      return false;
    }
  }

  private body(job: Job): string {
    const ids = { request_id: job.requestId, gateway_request_id: job.requestId };
    const failure = failureOf(job);
    if (failure === null) return JSON.stringify({ ...ids, status: 'OK', payload: outputOf(job, this.files) });
    return JSON.stringify({
      ...ids,
      status: 'ERROR',
      error: `Unexpected status code: ${failure.status}`,
      payload: failure.body,
    });
  }

  private wait(ms: number): Promise<void> {
    return pause(ms, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }
}
