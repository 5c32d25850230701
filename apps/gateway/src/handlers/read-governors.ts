import type { ProviderState, ProviderStates } from '../domain/provider-state.js';

/** What steers a paid provider for the whole installation; of the governor as much as the API needs. */
export interface GovernedProvider {
  state(): Promise<ProviderState>;
  park(why: { code: 'provider_paused'; detail: string }): Promise<{ first: boolean }>;
  resume(): Promise<{ was: boolean }>;
}

/** The paid providers, by name. */
export interface Governors {
  /** As they were a second ago at most: every answer about a batch asks. */
  states(): Promise<ProviderStates>;
  get(provider: string): GovernedProvider | undefined;
  /** The next look is a fresh one. */
  forget(): void;
}

const freshForMs = 1_000;

export function createGovernors(byName: Readonly<Record<string, GovernedProvider>>): Governors {
  const governed = new Map(Object.entries(byName));
  let known: { states: Promise<ProviderStates>; untilMs: number } | undefined;
  const read = async (): Promise<ProviderStates> =>
    new Map(
      await Promise.all(
        [...governed].map(async ([name, provider]) => [name, await provider.state()] as const),
      ),
    );
  const forget = (): void => {
    known = undefined;
  };
  return {
    get: (name) => governed.get(name),
    forget,
    states: () => {
      const now = performance.now();
      if (known !== undefined && now < known.untilMs) return known.states;
      const states = read();
      known = { states, untilMs: now + freshForMs };
      // who asks next tries again
      states.catch(forget);
      return states;
    },
  };
}
