import { generationRungs, nextStep, rungAtLeast, type FailureKind } from '@image2model/contracts';
import type { ClaimReply, ClaimRequest, ConcludeStatus, Conclusion } from '@image2model/progress';
import type { Message } from '../world/broker.js';
import type { Io } from '../world/world.js';
import { messageId } from './message-id.js';

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
}

const letters = { completed: 'S', failed: 'F', cancelled: 'X' } as const;
const success: Conclusion = { outcome: 'completed', model: null };
const failed = (kind: FailureKind): Conclusion => ({
  outcome: 'failed',
  error: { kind, code: kind, message: kind, retryable: true },
});

/** A worker's handler of `model.generate`, for up to a few deliveries whose claims go out as one script. */
export async function generate(
  io: Io,
  deliveries: readonly Message[],
  plans: readonly Plan[],
): Promise<void> {
  const { world, process, stores } = io;
  const claims = await Promise.all(
    deliveries.map(async (message) => {
      const request: ClaimRequest = {
        idx: message.files[0] ?? 0,
        messageId: message.id,
        gen: message.gen,
        redelivered: message.redelivered,
        worker: process,
      };
      const reply = await stores.attempts.claim(world.batchId, request);
      return { message, request, reply };
    }),
  );
  for (const { request, reply } of claims) world.oracle.claimed(request, reply, world.seen);
  const [first, ...others] = claims;
  for (const [at, claim] of others.entries()) {
    const plan = plans[at + 1];
    if (plan !== undefined)
      await world.spawn(`file ${claim.request.idx}`, process, (own) =>
        follow(own, claim.message, claim.reply, plan),
      );
  }
  if (first !== undefined && plans[0] !== undefined) await follow(io, first.message, first.reply, plans[0]);
}

async function follow(io: Io, message: Message, claim: ClaimReply, plan: Plan): Promise<void> {
  const attempt = new Attempt(io, message, plan);
  switch (claim.status) {
    case 'nobatch':
    case 'done':
    case 'stopped':
    case 'stale':
    case 'held':
      return attempt.ack();
    case 'concluded':
      await attempt.tell();
      return attempt.ack();
    case 'busy':
      await attempt.publishLater(message.id, message.gen, rungAtLeast(claim.restMs).delayMs);
      return attempt.ack();
    case 'poison':
      await attempt.conclude(claim.token, failed('poison'));
      return attempt.ack();
    case 'ok':
      return attempt.run(claim.token);
  }
}

/** What a worker does with a claimed file. */
class Attempt {
  private readonly idx: number;

  constructor(
    private readonly io: Io,
    private readonly message: Message,
    private readonly plan: Plan,
  ) {
    this.idx = message.files[0] ?? 0;
  }

  async run(token: string): Promise<void> {
    const { stores, world } = this.io;
    for (let n = 0; n < this.plan.renewals; n += 1) {
      const { lost } = await stores.attempts.renew(world.batchId, [{ idx: this.idx, token }]);
      world.oracle.fenced(this.idx, token, 'renew', lost.length === 0);
      if (lost.length > 0) return this.ack();
      world.oracle.renewed(this.idx);
    }
    if (this.plan.writesProgress) await this.writeProgress(50);
    if (this.plan.looks && (await stores.attempts.batchState(world.batchId)) === 'cancelling') {
      await this.conclude(token, { outcome: 'cancelled' });
      return this.ack();
    }
    if (this.plan.end === 'drain') return this.giveBack(token);
    if (this.plan.end === 'success') await this.conclude(token, success);
    else await this.fail(token, this.plan.end);
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

  private async giveBack(token: string): Promise<void> {
    const { stores, world, process } = this.io;
    const released = await stores.attempts.release(world.batchId, { idx: this.idx, token });
    world.oracle.fenced(this.idx, token, 'release', released);
    if (released) {
      world.oracle.released(this.idx);
      world.stats.add('drain');
    }
    await this.io.step('channel closes', () => world.broker.requeue(process, this.message));
  }

  private async fail(token: string, kind: FailureKind): Promise<void> {
    const { stores, world } = this.io;
    const holding = { idx: this.idx, token };
    const tries = await stores.attempts.countFailure(world.batchId, holding, kind);
    world.oracle.fenced(this.idx, token, 'countFailure', tries !== undefined);
    if (tries === undefined) return;
    world.stats.add('failure');
    const next = nextStep({ kind }, tries, this.plan.jitter, generationRungs);
    if (next.do === 'fail') return this.conclude(token, failed(kind));
    const gen = await stores.attempts.park(world.batchId, holding, next.rung.delayMs, {
      code: 'retry_at',
      detail: '',
    });
    world.oracle.fenced(this.idx, token, 'park', gen !== undefined);
    if (gen === undefined) return;
    world.oracle.parked(this.idx, gen);
    world.stats.add('park');
    await this.publishLater(messageId(this.idx, gen), gen, next.rung.delayMs);
  }
}
