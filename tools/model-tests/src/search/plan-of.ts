import type { Plan } from '../actors/attempt.js';
import type { PayPlan } from '../actors/pay-for.js';

const ends: readonly Plan['end'][] = [
  'success',
  'success',
  'transient',
  'input',
  'drain',
  'success',
  'crash',
  'rate',
  'unexpected',
  'success',
];
const answers: readonly PayPlan['answer'][] = [
  'accepted',
  'accepted, answer lost',
  'accepted',
  'lost',
  'accepted',
  'rate',
  'accepted',
  'input',
];
const endings: readonly PayPlan['ending'][] = ['ok', 'ok', 'billed failure', 'ok', 'unbilled failure'];
const durations = [0, 20_000, 100_000, 400_000] as const;

export const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % list.length];
export const bit = (number: number, at: number): boolean => ((number >> at) & 1) === 1;

const payPlanOf = (number: number): PayPlan => ({
  answer: pick(answers, number) ?? 'accepted',
  ending: pick(endings, number >> 3) ?? 'ok',
  takesMs: pick(durations, number >> 6) ?? 0,
  waits: bit(number, 8) ? 'park' : 'drain',
  lists: bit(number, 9),
  triesAgain: bit(number, 10),
  repeats: bit(number, 11) && bit(number, 12),
  peeks: bit(number, 13),
  workSteps: (number >> 14) % 8,
});

/** What an attempt does, from the bits of a number. */
export const planOf = (number: number): Plan => ({
  end: pick(ends, number) ?? 'success',
  renewals: bit(number, 5) ? 0 : (number >> 6) % 3,
  writesProgress: bit(number, 8),
  writesLate: bit(number, 13),
  looks: bit(number, 9),
  jitter: bit(number, 10) ? 0.9 : 0.1,
  coalesces: bit(number, 11),
  repeats: bit(number, 12),
  pay: payPlanOf(Math.imul(number + 1, 0x9e37_79b1) >>> 8),
});
