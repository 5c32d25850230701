/** Our own headers. `attempt` is absent on a first try. */
export const headerNames = {
  attempt: 'i2m-attempt',
  /** Tries that ended in a kind that parks: they climb the ladder and use no attempt. */
  parked: 'i2m-parked',
  reason: 'i2m-reason',
  kind: 'i2m-kind',
  queue: 'i2m-queue',
  failedAt: 'i2m-failed-at',
  error: 'i2m-error',
  /** The dead letter that this message was; stays with it, so that its next death is known as that one's redrive. */
  redriveOf: 'i2m-redrive-of',
} as const;

export type Headers = Readonly<Record<string, unknown>>;

/** Without what is the broker's: x-death and the like (a forwarded one can stop a message for ever), and copy routing. */
export const withoutBrokerHeaders = (headers: Headers): Record<string, unknown> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(x-.*|b?cc)$/i.test(name)));

/** Without the broker's and without ours: as if published for the first time. */
export const withoutHistory = (headers: Headers): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(withoutBrokerHeaders(headers)).filter(([name]) => !name.startsWith('i2m-')),
  );

export const ownHeaders = (headers: Headers): Record<string, unknown> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('i2m-')));

export interface Tries {
  /** The present attempt, from 1. */
  attempt: number;
  parked: number;
}

/** Headers come from outside: what is not a sensible number counts as a first try. */
export const triesOf = (headers: Headers): Tries => ({
  attempt: Math.max(1, count(headers[headerNames.attempt])),
  parked: count(headers[headerNames.parked]),
});

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;

export const retryHeaders = (headers: Headers, { attempt, parked }: Tries): Record<string, unknown> => ({
  ...withoutBrokerHeaders(headers),
  [headerNames.attempt]: attempt,
  ...(parked === 0 ? {} : { [headerNames.parked]: parked }),
});

export interface DeadReason {
  queue: string;
  /** A program's word for it: a failure's code, or why the body was not understood. */
  reason: string;
  /** A person's: cut to 500 characters. */
  error: string;
  /** ISO-8601 UTC */
  failedAt: string;
  kind?: string;
  attempt?: number;
}

export const deadHeaders = (headers: Headers, dead: DeadReason): Record<string, unknown> => ({
  ...withoutBrokerHeaders(headers),
  [headerNames.reason]: dead.reason,
  [headerNames.queue]: dead.queue,
  [headerNames.failedAt]: dead.failedAt,
  [headerNames.error]: dead.error.slice(0, 500),
  ...(dead.kind === undefined ? {} : { [headerNames.kind]: dead.kind }),
  ...(dead.attempt === undefined ? {} : { [headerNames.attempt]: dead.attempt }),
});
