import { generationRungs, nextStep, type FailureKind } from '@image2model/contracts';
import type { ConcludeStatus, Conclusion, PaidAttempt } from '@image2model/progress';
import type { Message } from '../world/broker.js';
import type { Io } from '../world/world.js';
import { messageId } from './message-id.js';
import { payFor, type PayPlan } from './pay-for.js';

/** How one attempt goes: decided by the schedule. */
export interface Plan {
  /** leases renewed before the end */
  renewals: number;
  writesProgress: boolean;
  /** its last progress goes out after its conclusion: it is written by the clock */
  writesLate: boolean;
  /** looks whether the batch is cancelled before it ends */
  looks: boolean;
  end: 'success' | 'drain' | FailureKind;
  jitter: number;
  /** its file.settled also names the files of the settlement before: coalesced, repeated */
  coalesces: boolean;
  /** Redis's answer to its conclusion was lost: it concludes again */
  repeats: boolean;
  pay: PayPlan;
}

const letters = { completed: 'S', failed: 'F', cancelled: 'X' } as const;
export const success: Conclusion = { outcome: 'completed', model: null };
export const failed = (kind: FailureKind): Conclusion => ({
  outcome: 'failed',
  error: { kind, code: kind, message: kind, retryable: true },
});

/** What a worker does with a claimed file. */
export class Attempt {
  readonly idx: number;

  constructor(
    readonly io: Io,
    private readonly message: Message,
    readonly plan: Plan,
  ) {
    this.idx = message.files[0] ?? 0;
  }

  async run(token: string, paid?: PaidAttempt): Promise<void> {
    const { stores, world } = this.io;
    for (let n = 0; n < this.plan.renewals; n += 1) {
      const { lost } = await stores.attempts.renew(world.batchId, [{ idx: this.idx, token }]);
      world.oracle.fenced(this.idx, token, 'renew', lost.length === 0);
      if (lost.length > 0) return this.ack();
      world.oracle.renewed(this.idx);
    }
    if (this.plan.writesProgress) await this.writeProgress(50);
    if (
      this.plan.looks &&
      paid === undefined &&
      (await stores.attempts.batchState(world.batchId)) === 'cancelling'
    ) {
      await this.conclude(token, { outcome: 'cancelled' });
      return this.ack();
    }
    if (this.plan.end === 'drain') return this.giveBack(token);
    // what goes wrong of its own accord does so before anything is paid
    if (this.plan.end !== 'success' && paid === undefined) await this.fail(token, this.plan.end);
    else if (world.paying === null) await this.conclude(token, success);
    else if ((await payFor(this, token, paid)) === 'left') return;
    if (this.plan.writesLate) await this.writeProgress(99);
    await this.ack();
  }

  private async writeProgress(percent: number): Promise<void> {
    const { stores, world } = this.io;
    await stores.attempts.writeProgress(world.batchId, [{ idx: this.idx, percent, stage: 'making' }]);
  }

  async conclude(token: string, conclusion: Conclusion): Promise<void> {
    const { stores, world } = this.io;
    const say = async (): Promise<ConcludeStatus> => {
      const reply = await stores.attempts.conclude(world.batchId, { idx: this.idx, token }, conclusion);
      world.oracle.concluded(this.idx, token, letters[conclusion.outcome], reply);
      return reply;
    };
    let status = await say();
    if (this.plan.repeats) status = await say();
    if (status === 'ok' || status === 'concluded') await this.tell();
  }

  /** Publishes file.settled. */
  async tell(): Promise<void> {
    await this.io.step(`publish file.settled of ${this.idx}`, () => {
      const { broker, now } = this.io.world;
      const before = this.plan.coalesces ? (broker.ready('settled', now).at(-1)?.files ?? []) : [];
      broker.publish('settled', { id: '', files: [...new Set([...before, this.idx])] });
    });
  }

  async ack(): Promise<void> {
    await this.io.step(`ack ${this.message.id}`, () =>
      this.io.world.broker.ack(this.message, this.io.process),
    );
  }

  async publishLater(id: string, gen: number, delayMs: number): Promise<void> {
    const { world } = this.io;
    await this.io.step(`publish ${id} for in ${delayMs} ms`, () =>
      world.broker.publish('generate', { id, files: [this.idx], gen, readyAt: world.now + delayMs }),
    );
  }

  async giveBack(token: string): Promise<void> {
    const { stores, world, process } = this.io;
    const released = await stores.attempts.release(world.batchId, { idx: this.idx, token });
    world.oracle.fenced(this.idx, token, 'release', released);
    if (released) {
      world.oracle.released(this.idx);
      world.stats.add('drain');
    }
    await this.io.step('channel closes', () => world.broker.requeue(process, this.message));
  }

  async fail(token: string, kind: FailureKind): Promise<void> {
    const { stores, world } = this.io;
    const holding = { idx: this.idx, token };
    const tries = await stores.attempts.countFailure(world.batchId, holding, kind);
    world.oracle.fenced(this.idx, token, 'countFailure', tries !== undefined);
    if (tries === undefined) return;
    world.stats.add('failure');
    const next = nextStep({ kind }, tries, this.plan.jitter, generationRungs);
    if (next.do === 'fail') return this.conclude(token, failed(kind));
    await this.park(token, next.rung.delayMs);
  }

  /** @param unused the claim used no attempt up */
  async park(token: string, delayMs: number, unused = false): Promise<void> {
    const { stores, world } = this.io;
    const wait = { code: 'retry_at', detail: '' };
    const holding = { idx: this.idx, token };
    const gen = await stores.attempts.park(world.batchId, holding, delayMs, wait, { refund: unused });
    world.oracle.fenced(this.idx, token, 'park', gen !== undefined);
    if (gen === undefined) return;
    world.oracle.parked(this.idx, gen, unused);
    world.stats.add('park');
    await this.publishLater(messageId(this.idx, gen), gen, delayMs);
  }
}
