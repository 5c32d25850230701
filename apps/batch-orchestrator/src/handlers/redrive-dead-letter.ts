import { defineHandler, publishFailureCodes, type Handler } from '@image2model/broker';
import { deadLetterRedrive, Failure, laneOfQueue, queues, workQueues } from '@image2model/contracts';
import type { DeadLetterContent } from '@image2model/progress';
import { fileOfMessage, headersToSend } from '../domain/dead-letter.js';
import { planRedrive, type RedrivePlan } from '../domain/plan-redrive.js';
import { messageToSend, type RedrivenMessage } from '../domain/repaired-message.js';
import { retryDeadFiles } from './retry-dead-files.js';
import { told, type RedriveDeps } from './tell-redrive.js';

/** Redrives a dead letter when an operator asked for it. One at a time: letters of one batch become one retry of it. */
export const handleRedrive = (deps: RedriveDeps): Handler<{ deadLetterId: string }> =>
  defineHandler({
    consumes: deadLetterRedrive,
    queue: queues.redriveDeadLetter,
    prefetch: 1,
    emits: [],
    timeoutMs: 60_000,
    handle: ({ payload }) => redriveDeadLetter(deps, payload.deadLetterId),
  });

/**
 * Does what a dead letter in the state `redriving` needs, and says in its `detail` what that was. Safe to repeat: a message
 * that is sent twice has the same id, a retry is asked for once; everything else finds another state.
 */
export async function redriveDeadLetter(deps: RedriveDeps, id: string): Promise<void> {
  const letter = await deps.progress.deadLetters.get(id);
  if (letter?.state !== 'redriving') return;
  const message = messageToSend(letter, queueOf(letter));
  const target =
    laneOfQueue(letter.queue) === undefined || !('body' in message) ? null : fileOfMessage(message.body);
  const plan = await planOf(deps, letter, message, target);
  if (plan.do === 'retry' && target !== null) return retryDeadFiles(deps, letter, target);
  await carryOut(deps, letter, message, plan);
}

const queueOf = ({ queue }: DeadLetterContent): (typeof workQueues)[number] | undefined =>
  workQueues.find(({ name }) => name === queue);

async function planOf(
  { progress }: RedriveDeps,
  letter: DeadLetterContent,
  message: RedrivenMessage,
  target: ReturnType<typeof fileOfMessage>,
): Promise<RedrivePlan> {
  const batch = target === null ? null : await progress.batches.read(target.batchId);
  const within = batch !== null && target !== null && target.fileIdx < batch.total;
  const file = within ? await progress.batches.file(target.batchId, target.fileIdx) : null;
  const unfit = 'unfit' in message ? message.unfit : null;
  return planRedrive({ letter, queueKnown: queueOf(letter) !== undefined, unfit, target, batch, file });
}

async function carryOut(
  deps: RedriveDeps,
  letter: DeadLetterContent,
  message: RedrivenMessage,
  plan: RedrivePlan,
): Promise<void> {
  const { deadLetters } = deps.progress;
  switch (plan.do) {
    case 'wait':
      await deadLetters.waits(letter.id, plan.detail);
      // it says so once, however often it is looked at
      if (letter.detail === plan.detail) return;
      return told(deps, letter, 'waits', plan.detail);
    case 'refuse':
      await deadLetters.reopen(letter.id, plan.detail);
      return told(deps, letter, 'refused', plan.detail);
    case 'close':
      await deadLetters.redriven(letter.id, plan.detail, plan.retried);
      return told(deps, letter, 'closed', plan.detail);
    case 'retry':
    case 'send':
      if ('body' in message) await send(deps, letter, message);
  }
}

async function send(
  deps: RedriveDeps,
  letter: DeadLetterContent,
  { body, messageId }: Extract<RedrivenMessage, { body: Buffer }>,
): Promise<void> {
  const { broker, progress } = deps;
  const { id, queue, headers, priority } = letter;
  const kept = { headers: headersToSend(headers), ...(priority === null ? {} : { priority }) };
  try {
    await broker.redrive(queue, { body, messageId, type: queueOf(letter)?.message, ...kept }, id);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== publishFailureCodes.unroutable) throw error;
    const detail = `the broker has no queue ${queue}; start its service, which declares it`;
    await progress.deadLetters.reopen(id, detail);
    return told(deps, letter, 'refused', detail);
  }
  const detail = `its message went back to ${queue}${letter.repairedBody === null ? '' : ', repaired'}`;
  await progress.deadLetters.redriven(id, detail);
  await told(deps, letter, 'sent', detail);
}
