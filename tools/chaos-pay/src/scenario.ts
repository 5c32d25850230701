/** What one run of a scenario is given. */
export interface ScenarioRun {
  /** Of the photos, of the stand-in's faults and durations, and of who is killed. */
  seed: number;
  files: number;
  /** Full length and the issue's own limits; otherwise short, for machines that have other things to do. */
  long: boolean;
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
  readonly files: { readonly short: number; readonly long: number };
  run(run: ScenarioRun): Promise<Outcome>;
}
