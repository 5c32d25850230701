import { rungAtLeast } from '@image2model/contracts';
import type { ClaimReply, ClaimRequest } from '@image2model/progress';
import { insist } from '../checks/violation.js';
import type { Message } from '../world/broker.js';
import type { Io } from '../world/world.js';
import { Attempt, failed, type Plan } from './attempt.js';

/** A worker's handler of `model.generate`, for up to a few deliveries whose claims go out as one script. */
export async function generate(
  io: Io,
  deliveries: readonly Message[],
  plans: readonly Plan[],
): Promise<void> {
  const { world, process, stores } = io;
  if (world.paying !== null && plans[0]?.pay.peeks === true) await peek(io, deliveries);
  const claims = await Promise.all(
    deliveries.map(async (message) => {
      const idx = message.files[0] ?? 0;
      const request: ClaimRequest = {
        idx,
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

/** Looks what a claim would find, without one. */
async function peek({ world, stores }: Io, deliveries: readonly Message[]): Promise<void> {
  for (const { files } of deliveries) {
    const idx = files[0] ?? 0;
    const found = await stores.ledger.peek(world.batchId, idx);
    const known = world.till.stateOf(idx) ?? 'none';
    insist(found === known, 'gate', () => `file ${idx}: peek → ${found}, known ${known}`);
  }
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
      return attempt.run(claim.token, claim.paid);
  }
}
