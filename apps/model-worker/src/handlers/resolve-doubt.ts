import { Failure } from '@image2model/contracts';
import { falHandleSchema, type FalApi } from '@image2model/fal';
import type { Progress } from '@image2model/progress';
import { failpoint, type Logger } from '@image2model/service-kit';
import type { DoubtSearch } from '../domain/doubt-search.js';
import type { Doubt, PaidFile, PaidStage } from '../domain/paid-file.js';
import { failed, type AttemptEnder } from './end-attempt.js';
import type { ProviderTrouble } from './provider-trouble.js';
import { unanswered } from './no-more-submits.js';
import type { Submitter } from './submit-generation.js';

interface Deps {
  api: Pick<FalApi, 'cancel' | 'handleFor'>;
  progress: Pick<Progress, 'ledger' | 'spend'>;
  watch: DoubtSearch;
  submitter: Pick<Submitter, 'bind'>;
  ender: AttemptEnder;
  trouble: ProviderTrouble;
  /** how long an intent without an answer is looked for, ms */
  graceMs: number;
  /** what happens then */
  policy: 'fail' | 'resubmit';
  logger: Logger;
}

const handOnRung = { name: '15s', delayMs: 15_000 } as const;
/** Looks at the listing in a row that must say that there is no request. */
const mostAbsent = 2;
const againRung = { name: '5s', delayMs: 5_000 } as const;

/**
 * Finds out what became of a paid submit whose answer was lost: the provider's callback, its listing, and after the
 * grace the policy, which submits nothing again whose image was fetched. It is never simply sent again.
 */
export class DoubtResolver {
  constructor(private readonly deps: Deps) {}

  async resolve(file: PaidFile, doubt: Doubt): Promise<PaidStage> {
    const unrest = file.rest();
    let absent = 0;
    try {
      for (;;) {
        const known = await this.known(file, doubt);
        if (known !== undefined) return known;
        const evidence = await this.deps.watch.find(doubt, file.endpoint.id, file.claim.signal);
        const [requestId, ...more] = evidence?.found ?? [];
        if (requestId !== undefined) return await this.found(file, doubt, requestId, more);
        absent = evidence?.absent === true ? absent + 1 : 0;
        if (absent === mostAbsent) return await this.takeBack(file, doubt);
        if (Date.now() - doubt.intentAtMs >= this.deps.graceMs) return await this.giveUp(file, doubt);
        if (performance.now() >= file.handOnAtMs) return await this.handOn(file);
        await this.deps.watch.pause(doubt, file.claim.signal);
      }
    } finally {
      unrest();
    }
  }

  /** A callback, or another process, may have told it meanwhile. */
  private async known({ batch, holding }: PaidFile, { intent }: Doubt): Promise<PaidStage | undefined> {
    const paid = await this.deps.progress.ledger.paid(batch.id, holding.idx);
    if (paid === null || paid.intent !== intent) return { at: 'ended' };
    if (paid.handle === '' || paid.boundAtMs === null) return undefined;
    const handle = falHandleSchema.parse(JSON.parse(paid.handle));
    return { at: 'bound', intent, handle, boundAtMs: paid.boundAtMs };
  }

  private async found(
    file: PaidFile,
    { intent }: Doubt,
    requestId: string,
    more: readonly string[],
  ): Promise<PaidStage> {
    const { api, submitter, trouble, logger } = this.deps;
    failpoint('worker.41.request-found');
    logger.info('found the request of a lost answer', { intent, requestId });
    for (const extra of more) {
      await trouble.extra(intent, extra);
      await api
        .cancel(api.handleFor(file.endpoint.id, extra), AbortSignal.timeout(10_000))
        .catch(() => undefined);
    }
    return submitter.bind(file, intent, api.handleFor(file.endpoint.id, requestId));
  }

  /** The listing proves that the submit reached nobody: its worker died before it was sent. */
  private async takeBack({ batch, holding }: PaidFile, { intent }: Doubt): Promise<PaidStage> {
    const { progress, ender, logger } = this.deps;
    logger.info('a paid submit was never accepted; submitting anew', { batchId: batch.id, intent });
    if ((await progress.ledger.free(batch.id, holding.idx, intent)) !== 'ok')
      return this.handOn({ batch, holding });
    await progress.spend.free(batch.tenant, intent);
    const waitingFor = { code: 'retry_at', detail: 'its submit did not reach fal; submitted anew in 5s' };
    await ender.later(batch, holding, { rung: againRung, waitingFor, refund: true });
    return { at: 'ended' };
  }

  private async giveUp(file: PaidFile, { intent }: Doubt): Promise<PaidStage> {
    const { progress, policy, ender, trouble } = this.deps;
    const { ledger } = progress;
    const { batch, holding } = file;
    if (policy === 'resubmit') {
      const reply = await ledger.doubt(batch.id, holding.idx, intent, true);
      if (reply === 'ok') {
        await trouble.doubtful(intent, 'resubmit');
        const waitingFor = { code: 'retry_at', detail: 'submitted once more after a lost answer' };
        await ender.later(batch, holding, { rung: againRung, waitingFor, refund: false });
        return { at: 'ended' };
      }
      if (reply !== 'again' && reply !== 'fetched') return this.handOn(file);
    }
    const reply = await ledger.doubt(batch.id, holding.idx, intent, false);
    if (reply !== 'ok' && reply !== 'fetched') return this.handOn(file);
    failpoint('worker.42.doubt-settled');
    await trouble.doubtful(intent, reply === 'fetched' ? 'accepted' : 'fail');
    await ender.conclude(batch, holding, failed(reply === 'fetched' ? acceptedSomewhere() : unanswered()));
    return { at: 'ended' };
  }

  private async handOn({ batch, holding }: Pick<PaidFile, 'batch' | 'holding'>): Promise<PaidStage> {
    const waitingFor = {
      code: 'reconciling',
      detail: 'the answer to its submit was lost; looking for it at fal',
    };
    await this.deps.ender.later(batch, holding, { rung: handOnRung, waitingFor, refund: false });
    return { at: 'ended' };
  }
}

const acceptedSomewhere = (): Failure =>
  new Failure(
    'ambiguous',
    'the answer to its paid submit was lost; fal fetched the image, so it was accepted and may be charged, but fal did not say as which request; not submitted again',
    { code: 'ambiguous.accepted' },
  );
