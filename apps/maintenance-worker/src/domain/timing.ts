import { Cron } from 'croner';

/** When a job is due: at every full period since 1970, by a cron expression in UTC, or only when somebody asks for it. */
export type Timing = { everyS: number } | { cron: string } | 'on-demand';

const unitsS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const interval = /^(\d{1,6})\s*([smhd]?)$/;
const longestS = 31 * 86_400;

/** What a variable may say; in messages. */
export const timingForms =
  'expected a time between two runs (90s, 10m, 1h, 1d), a cron expression in UTC (0 3 * * *) or off';

/** @returns undefined when it is none of timingForms */
export function parseTiming(text: string): Timing | undefined {
  const wanted = text.trim();
  if (wanted === 'off') return 'on-demand';
  const found = interval.exec(wanted);
  if (found !== null) {
    const everyS = Number(found[1]) * unitsS[unitOf(found[2])];
    return everyS >= 1 && everyS <= longestS ? { everyS } : undefined;
  }
  return isCron(wanted) ? { cron: wanted } : undefined;
}

const unitOf = (letter: string | undefined): keyof typeof unitsS =>
  letter === 'm' || letter === 'h' || letter === 'd' ? letter : 's';

function isCron(text: string): boolean {
  if (!/^\S+(\s+\S+){4,5}$/.test(text)) return false;
  try {
    return new Cron(text, { paused: true, timezone: 'UTC' }).nextRun() !== null;
  } catch {
    return false;
  }
}

/** For people: `every 600 s`, the cron expression, `on demand`. */
export function describeTiming(timing: Timing): string {
  if (timing === 'on-demand') return 'on demand';
  return 'everyS' in timing ? `every ${timing.everyS} s` : timing.cron;
}

/** When a job is due next, ms; null when it never is by itself. */
export function nextRunAt(timing: Timing, nowMs: number): number | null {
  if (timing === 'on-demand') return null;
  if ('everyS' in timing) {
    const periodMs = timing.everyS * 1_000;
    return (Math.floor(nowMs / periodMs) + 1) * periodMs;
  }
  const next = new Cron(timing.cron, { paused: true, timezone: 'UTC' }).nextRun(new Date(nowMs));
  return next?.getTime() ?? null;
}
