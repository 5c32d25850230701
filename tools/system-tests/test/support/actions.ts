/** What may happen to a process at a failpoint. */
export const actions = ['kill', 'throw', 'pause'] as const;
export type Action = (typeof actions)[number];
