import type { Clusters } from './rig/clusters.js';

/** What one run of a scenario is given. */
export interface ScenarioRun {
  readonly clusters: Clusters;
  /** Of the photos, of the stand-in's durations, and of when the servers die. */
  readonly seed: number;
  readonly files: number;
  /** Does not look for what is left over in queues and leases: a message on its way to a rung would take a minute. */
  readonly short: boolean;
  /** What goes on now, in a few words. */
  tell(text: string): void;
}

/** What a scenario found. */
export interface Outcome {
  /** Empty: every invariant held. */
  violations: string[];
  /** What was measured, for the table. */
  facts: Record<string, string | number>;
}

export interface Scenario {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  run(run: ScenarioRun): Promise<Outcome>;
}
