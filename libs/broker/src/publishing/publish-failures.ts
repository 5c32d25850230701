import { Failure } from '@image2model/contracts';

/** The codes of a publish that rejected, and what each one says about the message. */
export const publishFailureCodes = {
  /** No queue is bound for it: it is stored nowhere. */
  unroutable: 'dependency.unroutable',
  /** The broker refused it (a full queue); of several queues, some may have it. */
  rejected: 'dependency.rejected',
  /** Written, but not confirmed in time: it may have arrived. */
  unconfirmed: 'dependency.unconfirmed',
  /** Never written: the broker was away or blocked all the time. */
  unavailable: 'dependency.unavailable',
  /** Never written: too many others wait already. */
  overloaded: 'dependency.overloaded',
  /** Never written: this process is closing. */
  closed: 'dependency.closed',
} as const;

export type PublishFailureReason = keyof typeof publishFailureCodes;

const texts: Record<PublishFailureReason, string> = {
  unroutable: 'no queue takes this message',
  rejected: 'the broker refused the message',
  unconfirmed: 'the broker did not confirm the message in time; it may have arrived',
  unavailable: 'the broker took no messages in time',
  overloaded: 'too many messages wait for the broker',
  closed: 'the broker connection is closing',
};

export const publishFailure = (reason: PublishFailureReason, messageType: string): Failure =>
  new Failure('dependency', `${texts[reason]} (${messageType})`, { code: publishFailureCodes[reason] });
