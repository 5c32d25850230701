import fc from 'fast-check';
import type { Paying } from '../world/provider.js';

/** What a schedule may order, and how often it does. */
const weights = {
  step: 12,
  run: 8,
  generate: 9,
  dispatch: 4,
  settle: 5,
  sweep: 3,
  time: 4,
  crash: 2,
  cut: 1,
  duplicate: 1,
  lose: 1,
  die: 1,
  cancel: 1,
  hold: 2,
  unhold: 2,
  retry: 3,
  append: 2,
  seal: 1,
  falsify: 1,
  condemn: 1,
} as const;
/** The same where the provider is paid: more faults around each file, less around the batch. */
const paidWeights = {
  ...weights,
  generate: 12,
  sweep: 5,
  time: 7,
  crash: 3,
  cut: 4,
  cancel: 2,
  append: 1,
  takeOver: 5,
  callback: 3,
  budget: 2,
} as const;
export type Order = keyof typeof paidWeights;

/** Orders that a run may do without: each run takes some of them, so that rare combinations come up in pure form. */
export const features = [
  'crash',
  'cut',
  'duplicate',
  'lose',
  'die',
  'cancel',
  'hold',
  'retry',
  'falsify',
  'condemn',
] as const satisfies readonly Order[];
export type Feature = (typeof features)[number];
const optional: ReadonlySet<Order> = new Set<Order>(features);

/** A number chooses among what there is when the order is carried out. */
export type ScheduledOrder = readonly [order: Order, number: number];

/** One run of the model; everything that happens follows from it. */
export interface Schedule {
  files: number;
  /** one bit a file: refused at the door */
  refused: number;
  sealed: boolean;
  /** crashes that make a file poison; 5 in the services */
  crashLimit: number;
  paying: Paying | null;
  /** before the rest the broker loses all tasks */
  losesTasks: boolean;
  features: readonly Feature[];
  /** comes up more often than the others: some holes need the same thing several times */
  favourite: Order;
  /** what happens before the first rest and after it; the second part begins with a retry when a file failed */
  orders: readonly ScheduledOrder[];
  afterRest: readonly ScheduledOrder[];
}

/**
 * What an order becomes in a run with these features: what it does without, and what could not do anything, become
 * steps of actors, and of those some become its favourite.
 */
export function meant(
  [order, number]: ScheduledOrder,
  { features: chosen, favourite, sealed }: Pick<Schedule, 'features' | 'favourite' | 'sealed'>,
  now: { ended: boolean; failed: boolean },
): ScheduledOrder {
  const wanted = order === 'step' && number % 3 === 0 ? favourite : order;
  if (now.ended && now.failed && wanted === 'generate') return ['retry', number];
  const possible = !optional.has(wanted) || (chosen as readonly Order[]).includes(wanted);
  const useful =
    wanted === 'retry'
      ? now.failed && (now.ended || number % 8 === 0)
      : wanted === 'unhold'
        ? chosen.includes('hold')
        : !(sealed && (wanted === 'append' || wanted === 'seal')) || number % 16 === 0;
  return [possible && useful ? wanted : 'step', number];
}

const budget = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 4 }) },
);

/** @param most orders before the first rest */
function schedulesOf(
  weighed: Readonly<Partial<Record<Order, number>>>,
  most: number,
  paying: fc.Arbitrary<Paying | null>,
) {
  const orders = Object.keys(weighed) as Order[];
  const often = orders.flatMap((order) => Array<Order>(weighed[order] ?? 0).fill(order));
  const order = fc.tuple(fc.constantFrom(...often), fc.nat({ max: 65_535 }));
  return fc.record<Schedule>({
    files: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 2 }) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 6 }) },
    ),
    refused: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.nat({ max: 63 }) },
    ),
    sealed: fc.oneof(
      { weight: 3, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
    crashLimit: fc.constantFrom(5, 5, 2, 1),
    paying,
    losesTasks: fc.constantFrom(false, false, false, true),
    features: fc.subarray([...features]),
    favourite: fc.constantFrom('step', ...orders, 'crash', 'cut', 'generate'),
    orders: fc.array(order, { maxLength: most, size: 'max' }),
    afterRest: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(order, { maxLength: 20, size: 'max' }) },
    ),
  });
}

/** Runs with a paid provider. */
export const paidSchedules = schedulesOf(
  paidWeights,
  90,
  fc.record<Paying>({ budget, resubmits: fc.boolean() }),
);
/** Three of ten runs pay. */
export const schedules = fc.oneof(
  { weight: 7, arbitrary: schedulesOf(weights, 60, fc.constant(null)) },
  { weight: 3, arbitrary: paidSchedules },
);
