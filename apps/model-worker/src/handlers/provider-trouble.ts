import type { Broker } from '@image2model/broker';
import { alertSend, Failure, priorities, queues } from '@image2model/contracts';
import type { Governor, OpsEvents, ParkReason } from '@image2model/progress';
import type { Logger, Metrics } from '@image2model/service-kit';

interface Deps {
  broker: Pick<Broker, 'publish' | 'publishDelayed'>;
  governor: Pick<Governor, 'park' | 'refused' | 'state'>;
  opsEvents: Pick<OpsEvents, 'add'>;
  instance: string;
  logger: Logger;
  metrics: Metrics;
}

type DoubtEnd = 'fail' | 'resubmit' | 'accepted';
const doubtMessages: Readonly<Record<DoubtEnd, string>> = {
  fail: 'the answer to a paid submit was lost; after the grace its file was failed and may be charged for nothing',
  resubmit:
    'the answer to a paid submit was lost; after the grace the image was submitted once more and may be charged twice',
  accepted:
    'the answer to a paid submit was lost; fal fetched its image, so it was accepted; after the grace its file was failed and may be charged for nothing',
};

/** What concerns the provider as a whole rather than one file, and who must hear of it. */
export class ProviderTrouble {
  constructor(private readonly deps: Deps) {}

  /** The provider refuses the key or the account: nobody asks it for anything paid until a probe succeeds. */
  async park(failure: Failure): Promise<void> {
    const { governor, opsEvents, instance, logger } = this.deps;
    const code: ParkReason['code'] = failure.kind === 'account' ? 'provider_account' : 'provider_auth';
    const { first } = await governor.park({ code, detail: failure.message });
    if (!first) return;
    const { parked } = await governor.state();
    logger.error('fal is parked: no file uses an attempt up, and it is tried again by itself', { code });
    const message = `provider fal is parked: ${failure.message}`;
    void opsEvents.add('provider.parked', { by: instance, message, details: { provider: 'fal', code } });
    await this.tell(`${code}:${parked?.sinceMs ?? 0}`, 'critical', 'fal.parked', failure.message, { code });
  }

  /** A probe was accepted. */
  async resumed(intent: string): Promise<void> {
    const message = 'fal accepts requests again';
    const { opsEvents, instance } = this.deps;
    void opsEvents.add('provider.resumed', { by: instance, message, details: { provider: 'fal' } });
    await this.tell(`fal.resumed:${intent}`, 'info', 'fal.parked', message, {}, true);
  }

  /** @returns ms that the file should wait */
  async slowDown(failure: Failure): Promise<number> {
    const waitMs = failure.retryAfterMs ?? 60_000;
    const { limit, stoppedMs } = await this.deps.governor.refused(waitMs);
    this.deps.metrics.set('provider_limit', {}, limit);
    this.deps.logger.warn('fal asks to slow down', { waitMs, limit, stoppedMs });
    return Math.max(waitMs, stoppedMs);
  }

  /** The answer to a paid submit never came, and nobody could say what became of it; `accepted`: its image was fetched. */
  async doubtful(intent: string, end: DoubtEnd): Promise<void> {
    if (end === 'resubmit') this.deps.metrics.inc('possible_double_charge_total', {});
    await this.tell(`fal.doubtful:${intent}`, 'warning', 'fal.doubtful', doubtMessages[end], {
      intent,
      policy: end === 'resubmit' ? 'resubmit' : 'fail',
    });
  }

  /** A request came to light that its file has no use for. */
  async extra(intent: string, requestId: string): Promise<void> {
    this.deps.metrics.inc('extra_submits_total', {});
    this.deps.logger.error('a request that nobody waits for; asking fal to cancel it', { intent, requestId });
    const message = 'fal accepted a request that its file has no use for; it was asked to cancel it';
    await this.tell(`fal.extra:${requestId}`, 'warning', 'fal.extra', message, { intent, requestId });
  }

  private async tell(
    id: string,
    severity: 'info' | 'warning' | 'critical',
    code: string,
    message: string,
    details: Record<string, string>,
    resolved = false,
  ): Promise<void> {
    const alert = { id, payload: { severity, code, message, details, resolved } };
    try {
      await this.deps.broker
        .publish(alertSend, alert, { priority: priorities.alert })
        .catch((error: unknown) => {
          if (Failure.from(error).code !== 'dependency.unroutable') throw error;
          // its queue is on one node, which is away: it waits in a delay queue, which is on several
          return this.deps.broker.publishDelayed(alertSend, alert, { queue: queues.alertSend, rung: '5s' });
        });
    } catch (error) {
      this.deps.logger.error('an alert was not sent', { code, message, error });
    }
  }
}
