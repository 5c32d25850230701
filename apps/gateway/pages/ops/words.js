const units = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** 75 → `1 min`; to be read at a glance, not to be counted with. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  for (const [size, unit] of units) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${Math.max(0, Math.floor(seconds))} s`;
}

export const since = (iso) => (iso === null ? '–' : duration((Date.now() - Date.parse(iso)) / 1_000));
export const ahead = (iso) => (iso === null ? '–' : duration((Date.parse(iso) - Date.now()) / 1_000));
export const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour12: false });
export const whole = (number) =>
  number === null || number === undefined ? '–' : number.toLocaleString('en');
export const rate = (number) => (number === 0 ? '0' : number.toFixed(1));
export const money = (usd) => `$${usd.toFixed(2)}`;
