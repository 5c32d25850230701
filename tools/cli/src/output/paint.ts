const codes = { good: 32, bad: 31, warn: 33, busy: 36, faint: 90, strong: 1 } as const;
export type Tone = keyof typeof codes;

/** Colours a text, or leaves it alone where colours are not wanted. */
export type Paint = (text: string, tone: Tone | undefined) => string;

export const painter =
  (color: boolean): Paint =>
  (text, tone) =>
    color && tone !== undefined ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text;

const tones: Readonly<Record<string, Tone>> = {
  completed: 'good',
  healthy: 'good',
  running: 'busy',
  processing: 'busy',
  ok: 'good',
  partial: 'warn',
  degraded: 'warn',
  paused: 'warn',
  draining: 'warn',
  drained: 'warn',
  recycling: 'warn',
  warning: 'warn',
  open: 'warn',
  failed: 'bad',
  critical: 'bad',
  cancelled: 'faint',
  discarded: 'faint',
};

/** The colour that a status has everywhere. */
export const toneOf = (status: string): Tone | undefined => tones[status];
