import type { PaidAttempt } from '@image2model/progress';
import { priceMicro } from '../checks/known-payments.js';
import type { Ending, Job } from '../world/provider.js';
import type { Io } from '../world/world.js';
import { failed, success, type Attempt } from './attempt.js';

/** How the paid part of an attempt goes: decided by the schedule. */
export interface PayPlan {
  /** looks what a claim would find before it claims */
  peeks: boolean;
  /** what becomes of the submit; an answer that is lost leaves the worker without knowledge */
  answer: 'accepted' | 'accepted, answer lost' | 'lost' | 'rate' | 'input';
  ending: Ending;
  /** the generation takes so long, ms */
  takesMs: number;
  /** what the worker does while the generation is under way */
  waits: 'park' | 'drain';
  /** so many steps it takes to handle the result */
  workSteps: number;
  /** looks into the provider's listing for a submit without an answer */
  lists: boolean;
  /** a generation that ended unbilled is tried once more */
  triesAgain: boolean;
  /** Redis's answer to its decision, and to its binding, was lost: it repeats them */
  repeats: boolean;
}

const endpoint = 'e';
export const mostSubmits = 4;
/** So long an answer may be missing before the intent is given up, ms; 900 s in the services. */
const graceMs = 15_000;
const pollMs = 5_000;
/** `left`: the delivery is not the worker's any more, so there is nothing to ack */
type Left = 'left' | undefined;

/** What a worker does with a claimed file of a paid provider, from where the attempts before have brought it. */
export function payFor(attempt: Attempt, token: string, paid: PaidAttempt | undefined): Promise<Left> {
  const file = new PaidFile(attempt, token);
  if (paid === undefined) return file.decide();
  if (paid.handle === '') return file.find(paid);
  const { requestId } = JSON.parse(paid.handle) as { requestId: string };
  return file.wait(paid.intent, requestId);
}

class PaidFile {
  private readonly idx: number;
  private readonly plan: PayPlan;

  constructor(
    private readonly attempt: Attempt,
    private readonly token: string,
  ) {
    this.idx = attempt.idx;
    this.plan = attempt.plan.pay;
  }

  private get io(): Attempt['io'] {
    return this.attempt.io;
  }
  private get holding(): { idx: number; token: string } {
    return { idx: this.idx, token: this.token };
  }

  async decide(): Promise<Left> {
    const { stores, world } = this.io;
    const intent = world.till.nextIntent(this.idx);
    const request = { intent, priceMicro, mostSubmits, imageUrl: `https://i/${intent}`, endpoint };
    let reply = await stores.ledger.intend(world.batchId, this.holding, request);
    if (this.plan.repeats) {
      reply = await stores.ledger.intend(world.batchId, this.holding, request);
    }
    switch (reply) {
      case 'ok':
        return this.submit(intent);
      case 'state':
        return void (await this.attempt.conclude(this.token, { outcome: 'cancelled' }));
      case 'most':
        return void (await this.attempt.conclude(this.token, failed('ambiguous')));
      case 'held':
      case 'budget':
        return this.putBack();
      case 'fenced':
      case 'lease':
      case 'open':
        return undefined;
    }
  }

  /** The one POST of an intent. */
  private async submit(intent: string): Promise<Left> {
    const { stores, world } = this.io;
    const { answer, ending, takesMs } = this.plan;
    const job = await this.io.step(`POST ${intent}: ${answer}`, () =>
      answer.startsWith('accepted')
        ? world.provider.accept(intent, this.idx, ending, world.now + takesMs)
        : undefined,
    );
    world.stats.add(`submit ${answer}`);
    if (answer === 'accepted' && job !== undefined) return this.bind(intent, job.requestId);
    if (answer === 'rate' || answer === 'input') return this.refused(intent, answer);
    await stores.ledger.lost(world.batchId, intent);
    return void (await this.attempt.park(this.token, pollMs));
  }

  private async refused(intent: string, why: 'rate' | 'input'): Promise<Left> {
    const { stores, world } = this.io;
    await stores.ledger.free(world.batchId, this.idx, intent);
    if (why === 'input') await this.attempt.conclude(this.token, failed('input'));
    else await this.attempt.park(this.token, pollMs, true);
    return undefined;
  }

  private async bind(intent: string, requestId: string): Promise<Left> {
    const { stores, world } = this.io;
    let reply = await stores.ledger.bind(world.batchId, this.idx, intent, { requestId, endpoint });
    if (this.plan.repeats && reply === 'ok')
      reply = await stores.ledger.bind(world.batchId, this.idx, intent, { requestId, endpoint });
    if (reply === 'ok' || reply === 'same') return this.wait(intent, requestId);
    await this.io.step(`cancel ${requestId}`, () => world.provider.cancel(requestId, world.now));
    return undefined;
  }

  /** A submit without an answer: it is looked for, and given up after a while. */
  async find({ intent, intentAtMs }: PaidAttempt): Promise<Left> {
    const { stores, world } = this.io;
    const job = this.plan.lists
      ? await this.io.step(`look for ${intent}`, () => world.provider.jobOf(intent))
      : undefined;
    if (job !== undefined) return this.bind(intent, job.requestId);
    if (world.now - intentAtMs < graceMs) return this.leave();
    const wanted = world.paying?.resubmits === true;
    let reply = await stores.ledger.doubt(world.batchId, this.idx, intent, wanted);
    if (wanted && (reply === 'again' || reply === 'fetched'))
      reply = await stores.ledger.doubt(world.batchId, this.idx, intent, false);
    // the next claim tells the request
    if (reply === 'bound') return this.leave();
    return this.decide();
  }

  async wait(intent: string, requestId: string): Promise<Left> {
    const { stores, world } = this.io;
    if (this.attempt.plan.looks && (await stores.attempts.batchState(world.batchId)) === 'cancelling')
      await this.io.step(`cancel ${requestId}`, () => world.provider.cancel(requestId, world.now));
    const ending = await this.io.step(`poll ${requestId}`, () => world.provider.poll(requestId, world.now));
    if (ending === 'running') return this.leave();
    const works = await stores.ledger.beginWork(world.batchId, this.holding);
    world.oracle.fenced(this.idx, this.token, 'beginWork', works);
    if (!works) return undefined;
    world.till.works(this.idx);
    for (let n = 0; n < this.plan.workSteps; n += 1)
      await this.io.step('download and verify', () => undefined);
    if (ending === 'ok') return void (await this.attempt.conclude(this.token, success));
    if (ending === 'unbilled failure') {
      await stores.ledger.refund(world.batchId, this.idx, intent);
      if (this.plan.triesAgain) return this.decide();
    }
    return void (await this.attempt.conclude(this.token, failed('job_failed')));
  }

  private async leave(): Promise<Left> {
    if (this.plan.waits === 'park') return void (await this.attempt.park(this.token, pollMs));
    await this.attempt.giveBack(this.token);
    return 'left';
  }

  private async putBack(): Promise<Left> {
    const { stores, world } = this.io;
    const wait = { code: 'held', detail: '' };
    if (await stores.ledger.putBack(world.batchId, this.holding, wait)) world.stats.add('put back');
    return undefined;
  }
}

/** A webhook tells of a job: whose intent it was is bound, whatever its file does now. */
export async function callBack({ stores, world, step }: Io, { intent, idx, requestId }: Job): Promise<void> {
  const reply = await stores.ledger.bind(world.batchId, idx, intent, { requestId, endpoint });
  if (reply === 'stale') await step(`cancel ${requestId}`, () => world.provider.cancel(requestId, world.now));
}

/** The provider comes for the image of a job. */
export async function fetchImage({ stores, world }: Io, { intent, idx }: Job): Promise<void> {
  await stores.ledger.noteFetched(world.batchId, idx, intent);
}
