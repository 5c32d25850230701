import fc from 'fast-check';

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
export type Order = keyof typeof weights;

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

const orders = Object.keys(weights) as Order[];
const order = fc.tuple(
  fc.constantFrom(
    ...Object.entries(weights).flatMap(([name, weight]) => Array<Order>(weight).fill(name as Order)),
  ),
  fc.nat({ max: 65_535 }),
);

export const schedules = fc.record<Schedule>({
  files: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 2 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 6 }) },
  ),
  refused: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 63 }) }),
  sealed: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  crashLimit: fc.constantFrom(5, 5, 2, 1),
  features: fc.subarray([...features]),
  favourite: fc.constantFrom('step', ...orders, 'crash', 'cut', 'generate'),
  orders: fc.array(order, { maxLength: 60, size: 'max' }),
  afterRest: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(order, { maxLength: 20, size: 'max' }) },
  ),
});
