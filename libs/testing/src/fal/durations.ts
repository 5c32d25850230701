import { z } from 'zod';

const ms = z.number().min(0);

/** How long a job runs, from its start on. */
export const durationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), ms }),
  z.strictObject({ kind: z.literal('uniform'), fromMs: ms, toMs: ms }),
  z.strictObject({ kind: z.literal('lognormal'), medianMs: ms, sigma: z.number().min(0).max(3) }),
]);
export type Duration = z.infer<typeof durationSchema>;

/** Longer ones would overflow a timer and end at once. */
const mostMs = 2 ** 31 - 1;

/** @returns whole milliseconds; `draw` gives numbers in [0, 1) */
export const drawDurationMs = (duration: Duration, draw: () => number): number =>
  Math.min(mostMs, Math.round(durationMs(duration, draw)));

function durationMs(duration: Duration, draw: () => number): number {
  switch (duration.kind) {
    case 'fixed':
      return duration.ms;
    case 'uniform':
      return duration.fromMs + (duration.toMs - duration.fromMs) * draw();
    case 'lognormal':
      return duration.medianMs * Math.exp(duration.sigma * normal(draw));
  }
}

/** Box and Muller's way to a normal number. */
const normal = (draw: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
