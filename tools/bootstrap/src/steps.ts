import type { Mode } from './flags.js';

/** One thing that is to be so. Looking changes nothing; changing may be repeated. */
export interface Step {
  /** What it is about, for people: `RabbitMQ user i2m-gateway`. */
  readonly what: string;
  /** What is not as it should be; null: nothing. */
  look(): Promise<string | null>;
  change(): Promise<void>;
}

/** Looks at each in turn, and puts right what differs unless it may only look. @returns how many differed */
export async function runSteps(
  steps: readonly Step[],
  mode: Exclude<Mode, 'print'>,
  say: (line: string) => void,
): Promise<number> {
  let differing = 0;
  for (const [at, { what, look, change }] of steps.entries()) {
    const difference = await look();
    const place = `[${at + 1}/${steps.length}]`;
    if (difference === null) {
      say(`${place} ok       ${what}`);
      continue;
    }
    differing += 1;
    if (mode !== 'apply') {
      say(`${place} differs  ${what}: ${difference}`);
      continue;
    }
    await change();
    say(`${place} changed  ${what}; before: ${difference}`);
  }
  return differing;
}
