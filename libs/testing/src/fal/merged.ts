/** @returns `base` with what `change` names; undefined changes nothing */
export const merged = <T extends object>(base: T, change: { [K in keyof T]?: T[K] | undefined } = {}): T => ({
  ...base,
  ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
});
