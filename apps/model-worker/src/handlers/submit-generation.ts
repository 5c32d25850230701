import { Failure, usdOf } from '@image2model/contracts';
import { webhookPath, type FalApi, type SubmitAnswer } from '@image2model/fal';
import { normaliseImage } from '@image2model/images';
import type { Governor, IntendReply, Progress } from '@image2model/progress';
import { failpoint, type Logger, type Metrics } from '@image2model/service-kit';
import type { ModelStore } from '../domain/model-store.js';
import type { PaidFile, PaidStage } from '../domain/paid-file.js';
import type { ProviderImages } from '../domain/provider-images.js';
import type { ProgressSink } from '../domain/progress-sink.js';
import type { Sources } from '../domain/sources.js';
import { failed, type AttemptEnder } from './end-attempt.js';
import { noMoreSubmits } from './no-more-submits.js';
import type { ProviderTrouble } from './provider-trouble.js';

interface Deps {
  api: FalApi;
  governor: Governor;
  progress: Pick<Progress, 'ledger' | 'spend' | 'controls'>;
  store: Pick<ModelStore, 'readSource'>;
  images: ProviderImages;
  sources: Sources;
  progressWriter: ProgressSink;
  ender: AttemptEnder;
  trouble: ProviderTrouble;
  /** where and with which secret the provider is asked to call back; undefined: not at all */
  callback: { url: string; key: string } | undefined;
  /** most an image may have */
  pixels: number;
  /** most a tenant may spend in a day, in millionths of a dollar */
  dailyCapMicro: number | null;
  /** how long an accepted request may keep its slot, ms */
  slotMs: number;
  logger: Logger;
  metrics: Metrics;
}

/** Submits of one file in one run: what the retry ladder allows, and one more after a lost answer. */
const mostSubmits = 4;
/** Between the decision and the request, ms: a process that slept in between must not send it any more. */
const mostDelayMs = 5_000;
const parkedRung = { name: '15s', delayMs: 15_000 } as const;

/** The one path on which money is spent: image, budget, intent, one POST, and what its answer means. */
export class Submitter {
  constructor(private readonly deps: Deps) {}

  /** @returns where the file stands now; its slot is the provider's until then only when it is bound or in doubt */
  async submit(file: PaidFile, intent: string, offered?: string): Promise<PaidStage> {
    const { endpoint, settings } = file;
    const imageUrl = offered ?? (await this.upload(file, intent));
    failpoint('worker.29.image-uploaded');
    file.claim.signal.throwIfAborted();
    const input = endpoint.input(settings, imageUrl);
    const request = { endpoint: endpoint.id, input, webhookUrl: this.callbackUrl(intent) };
    const ended = await this.decide(file, intent, imageUrl).catch(async (error: unknown) => {
      // nothing was sent, and only this process knows it
      await this.takeBack(file, intent);
      throw error;
    });
    if (ended !== undefined) return ended;
    const answer = await this.deps.api.submit(request);
    failpoint('worker.31.answered');
    this.deps.metrics.inc('provider_submits_total', { answer: answer.outcome });
    return this.follow(file, { intent, imageUrl }, answer);
  }

  /** @returns undefined: the submit may be sent now, once */
  private async decide(file: PaidFile, intent: string, imageUrl: string): Promise<PaidStage | undefined> {
    const { batch, holding, endpoint, settings } = file;
    const priceMicro = endpoint.priceMicro(settings);
    if (!(await this.withinDay(file, intent, priceMicro))) return { at: 'ended' };
    const decidedAt = performance.now();
    const request = { intent, priceMicro, mostSubmits, imageUrl, endpoint: endpoint.id };
    const reply = await this.deps.progress.ledger.intend(batch.id, holding, request);
    failpoint('worker.30.intended');
    if (reply !== 'ok') return this.refusedByUs(file, intent, reply);
    if (performance.now() - decidedAt <= mostDelayMs) return undefined;
    await this.takeBack(file, intent);
    return this.deps.ender.giveBack(batch, holding);
  }

  private callbackUrl(intent: string): string | undefined {
    const { callback } = this.deps;
    return callback === undefined ? undefined : callback.url + webhookPath(callback.key, intent);
  }

  private async upload(file: PaidFile, intent: string): Promise<string> {
    const { batch, holding, claim } = file;
    const { idx } = holding;
    const onProgress = (stage: string, percent: number): void =>
      this.deps.progressWriter.set(batch.id, { idx, stage, percent });
    await this.deps.sources.ensure({ batchId: batch.id, idx, signal: claim.signal, onProgress });
    onProgress('uploading', 2);
    return this.offer({ batchId: batch.id, idx, intent }, claim.signal);
  }

  /** The image of a file, in front of the provider; costs nothing, so it may be done before the file is claimed. */
  async offer(order: { batchId: string; idx: number; intent: string }, signal: AbortSignal): Promise<string> {
    const source = await this.deps.store.readSource(order.batchId, order.idx);
    const image = await normaliseImage(source, this.deps.pixels);
    return this.deps.images.offer(order, image, signal);
  }

  /** The tenant's cap for the day; the batch waits for the next one when it is used up. */
  private async withinDay(file: PaidFile, intent: string, priceMicro: number): Promise<boolean> {
    const { progress, dailyCapMicro, ender } = this.deps;
    const { batch, holding } = file;
    const day = await progress.spend.reserve(batch.tenant, intent, priceMicro, dailyCapMicro);
    failpoint('worker.32.day-reserved');
    if (day.ok || dailyCapMicro === null) return true;
    const detail = `the daily limit of ${usdOf(dailyCapMicro).toFixed(2)} USD is used up: ${usdOf(day.spentMicro).toFixed(2)} USD spent; goes on at ${new Date(day.resetsAtMs).toISOString()}`;
    await progress.controls.hold(batch.id, { reason: 'budget', detail, untilMs: day.resetsAtMs });
    if (!(await progress.ledger.putBack(batch.id, holding, { code: 'budget', detail })))
      await ender.later(batch, holding, {
        rung: parkedRung,
        waitingFor: { code: 'budget', detail },
        refund: true,
      });
    return false;
  }

  /** The gate to money is closed for this file now. */
  private async refusedByUs(
    { batch, holding, claim }: PaidFile,
    intent: string,
    reply: Exclude<IntendReply, 'ok'>,
  ): Promise<PaidStage> {
    const { progress, ender, trouble, logger } = this.deps;
    await progress.spend.free(batch.tenant, intent);
    switch (reply) {
      case 'held':
      case 'budget': {
        const code = reply === 'held' ? 'paused' : 'budget';
        await progress.ledger.putBack(batch.id, holding, { code, detail: 'its batch is held' });
        return { at: 'ended' };
      }
      case 'most': {
        const { failure, doubtful } = await noMoreSubmits(
          progress.ledger,
          batch.id,
          holding.idx,
          mostSubmits,
        );
        if (doubtful !== undefined) await trouble.doubtful(doubtful, 'fail');
        await ender.conclude(batch, holding, failed(failure));
        return { at: 'ended' };
      }
      case 'state':
        // cancelled a moment ago: the keeper of claims sees it too, and the answer is the same
        await ender.conclude(batch, holding, { outcome: 'cancelled' });
        return { at: 'ended' };
      case 'fenced':
      case 'lease':
      case 'open':
        claim.signal.throwIfAborted();
        logger.warn('a file changed hands before its submit', { batchId: batch.id, idx: holding.idx, reply });
        return ender.giveBack(batch, holding);
    }
  }

  private async follow(
    file: PaidFile,
    { intent, imageUrl }: { intent: string; imageUrl: string },
    answer: SubmitAnswer,
  ): Promise<PaidStage> {
    const { batch } = file;
    switch (answer.outcome) {
      case 'accepted':
        return this.bind(file, intent, answer.handle);
      case 'refused':
        await this.takeBack(file, intent);
        failpoint('worker.33.taken-back');
        throw await this.refusal(answer.failure);
      case 'unknown':
        await this.deps.progress.ledger.lost(batch.id, intent);
        this.deps.logger.warn('the answer to a paid submit is lost; looking for it', {
          batchId: batch.id,
          fileIdx: file.holding.idx,
          intent,
          error: answer.failure,
        });
        return { at: 'doubt', intent, imageUrl, intentAtMs: Date.now() };
    }
  }

  /** The submit was accepted: from here on the file is followed by this handle, whoever does it. */
  async bind(
    { batch, holding, endpoint, settings }: Pick<PaidFile, 'batch' | 'holding' | 'endpoint' | 'settings'>,
    intent: string,
    handle: Extract<SubmitAnswer, { outcome: 'accepted' }>['handle'],
  ): Promise<PaidStage> {
    const { progress, governor, trouble, api, slotMs, logger, metrics } = this.deps;
    const reply = await progress.ledger.bind(batch.id, holding.idx, intent, handle);
    failpoint('worker.34.bound');
    if (reply === 'ok' || reply === 'same') {
      if (reply === 'ok')
        metrics.inc(
          'generation_cost_usd_total',
          { endpoint: endpoint.id },
          usdOf(endpoint.priceMicro(settings)),
        );
      await governor.bound(intent, slotMs, { tenant: batch.tenant, batchId: batch.id });
      const { resumed } = await governor.accepted(intent);
      if (resumed) await trouble.resumed(intent);
      return { at: 'bound', intent, handle, boundAtMs: Date.now() };
    }
    await trouble.extra(intent, handle.requestId);
    await api.cancel(handle, AbortSignal.timeout(10_000)).catch((error: unknown) => {
      logger.warn('a request that nobody waits for could not be cancelled', { intent, error });
    });
    return { at: 'ended' };
  }

  /** With proof that nothing was accepted: budget, cap and slot are free again. */
  private async takeBack({ batch, holding }: PaidFile, intent: string): Promise<void> {
    const { progress } = this.deps;
    await progress.ledger.free(batch.id, holding.idx, intent);
    await progress.spend.free(batch.tenant, intent);
  }

  /** A 429 is everybody's business: the limit goes down, and the file waits as long as it was asked to. */
  private async refusal(failure: Failure): Promise<Failure> {
    if (failure.kind !== 'rate') return failure;
    const retryAfterMs = await this.deps.trouble.slowDown(failure);
    return new Failure('rate', failure.message, { retryAfterMs, cause: failure });
  }
}
