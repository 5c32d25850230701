import type { OpsRecords } from '@image2model/progress';
import type { Closable, Logger } from '@image2model/service-kit';
import { healthReportSchema, type HealthReport } from '../domain/health-report.js';

export interface KeepReportsDeps {
  ops: Pick<OpsRecords, 'lastHealth' | 'saveHealth'>;
  logger: Logger;
  /** between two tries to save, ms */
  againMs?: number;
}

const mostUnsaved = 100;

/**
 * The history of health checks. Reports that Redis did not take are saved as soon as it does: whoever checks next, on
 * whatever process, knows what people were told meanwhile.
 */
export class HealthReports implements Closable {
  #own: HealthReport | undefined;
  #unsaved: HealthReport[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly deps: KeepReportsDeps) {}

  /** The latest one that is known here. @param redisAway asking Redis would only take time */
  async last(redisAway: boolean): Promise<HealthReport | undefined> {
    const shared = redisAway ? undefined : await this.#shared();
    const own = this.#own;
    if (own === undefined || shared === undefined) return own ?? shared;
    return own.checkedAt > shared.checkedAt ? own : shared;
  }

  /** Never rejects. */
  async save(report: HealthReport): Promise<void> {
    this.#own = report;
    this.#unsaved = [...this.#unsaved, report].slice(-mostUnsaved);
    await this.#flush();
  }

  close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    return Promise.resolve();
  }

  async #shared(): Promise<HealthReport | undefined> {
    try {
      return healthReportSchema.safeParse(await this.deps.ops.lastHealth()).data;
    } catch {
      return undefined; // Redis is away, which the report says
    }
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    const { ops, logger, againMs = 1_000 } = this.deps;
    const before = this.#unsaved.length;
    try {
      for (let [next] = this.#unsaved; next !== undefined; [next] = this.#unsaved) {
        await ops.saveHealth(next);
        this.#unsaved = this.#unsaved.filter((report) => report !== next);
      }
    } catch (error) {
      if (before === 1) logger.error('could not keep the health report; kept when Redis is back', { error });
      if (!this.#closed) this.#timer = setTimeout(() => void this.#flush(), againMs).unref();
    }
  }
}
