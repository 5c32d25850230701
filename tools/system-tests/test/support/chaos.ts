import { scenarios, type Outcome } from '@image2model/chaos-pay';

// a scenario has limits of its own, and says what it waited for when one has passed
jest.setTimeout(600_000);

/** So that a failure can be played again: `npm run chaos:pay -- --short --seed 20 --only NAME`. */
const seed = 20;

/** Plays a scenario of `npm run chaos:pay`, short. @throws RangeError when there is none of that name */
export async function playShort(name: string): Promise<Outcome> {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new RangeError(`there is no scenario ${name}`);
  return scenario.run({ seed, files: scenario.files.short, long: false, tell: () => undefined });
}
