/** The promises that the search tries to break (docs/adr/0010). */
export const invariants = {
  ends: 'every accepted batch ends, and everything comes to rest',
  completion: 'each run has exactly one completion id, delivered at least once, that agrees with the states',
  counts: 'counters = states = facts',
  terminal: 'the terminal state of a file never changes within a run',
  edges: 'batches and files change state only along the known edges',
  facts: 'each file has at most one terminal fact a run, and the completion is its last fact',
  told: 'what a worker was told is concluded is what settles',
  fence: 'a fenced worker changes nothing, and a valid holder is never refused',
  tokens: 'tokens only grow; a file under a live lease is given to nobody but its own redelivered message',
  crashes:
    'attempts and crashes count what happened: drains and parks are no crashes, five crashes are poison',
  hold: 'a held batch hands out no claims but for what is paid',
  cancel: 'no claim succeeds after a cancel but for what is paid',
  cursor: 'the fan-out cursor only moves forward',
  covered: 'every open file has somebody who moves it: the cursor, the redo list or a due time',
  appends: 'each append counts once',
  gate: 'one decision to pay at a time and file, only under a live claim of a running batch that may spend it',
  account: 'what is spent and set aside is what the decisions say, and at the end nothing is set aside',
  budget:
    'no more is spent and set aside than the budget, and a batch that may spend again is not held for want of it',
  once: 'a file is accepted once a run, but for a counted doubt, and what it completed with is what it paid',
  kept: 'no model that was paid for is thrown away',
  leftovers: 'nothing is left behind at rest',
  errors: 'no script fails',
} as const;
export type Invariant = keyof typeof invariants;

export class Violation extends Error {
  override readonly name = 'Violation';
  constructor(
    readonly invariant: Invariant,
    detail: string,
  ) {
    super(`${invariant} (${invariants[invariant]}): ${detail}`);
  }
}

export function insist(holds: boolean, invariant: Invariant, detail: () => string): asserts holds {
  if (!holds) throw new Violation(invariant, detail());
}
