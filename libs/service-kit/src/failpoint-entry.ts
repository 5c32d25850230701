import type { ServiceName } from '@image2model/contracts';

/** A numbered place in a service at which a process can be told to fail. */
export interface FailpointEntry {
  /** `<orchestrator|worker>.<number>.<what just happened>` */
  readonly name: string;
  readonly service: ServiceName;
  /** The step that is behind the process when it reaches the point. */
  readonly after: string;
  /** The step that is not taken yet. */
  readonly before: string;
}

export const failpoints = <const P extends readonly Omit<FailpointEntry, 'service'>[]>(
  service: ServiceName,
  entries: P,
): readonly (P[number] & FailpointEntry)[] => entries.map((entry) => ({ ...entry, service }));
