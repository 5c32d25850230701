import { alertRoutesSchema } from './alert-routes.js';
import type { Alert } from './alert.js';
import { decideAlert, type AlertMemory, type DecideOptions } from './decide-alert.js';

const routes = alertRoutesSchema.parse('critical=pagerduty,webhook;warning=webhook');
const start = Date.parse('2026-01-01T00:00:00.000Z');
const minute = 60_000;
let count = 0;

const alert = (over: Partial<Alert> & { atMs?: number } = {}): Alert => {
  const { atMs = start, ...rest } = over;
  return {
    id: `a${(count += 1)}`,
    severity: 'critical',
    code: 'health',
    fingerprint: 'health',
    message: 'm',
    resolved: false,
    details: {},
    at: new Date(atMs).toISOString(),
    repeat: false,
    ...rest,
  };
};
const end = (atMs: number): Alert => alert({ severity: 'info', resolved: true, atMs });

/** Decides one after the other, as the service does. */
function story() {
  let memory: AlertMemory | undefined;
  return (next: Alert, over: Partial<DecideOptions> = {}): string => {
    const nowMs = Date.parse(next.at);
    const decision = decideAlert(next, memory, { routes, repeatMs: 60 * minute, nowMs, ...over });
    if (decision.do === 'tell' || decision.do === 'repeat') memory = decision.next;
    return decision.do === 'tell'
      ? `${decision.channels.join('+')} ${decision.keptBack}`.trim()
      : decision.do;
  };
}

describe('decideAlert', () => {
  it('tells a trouble once, its end once, and begins anew', () => {
    const tell = story();
    expect(tell(alert())).toBe('pagerduty+webhook 0');
    expect(tell(alert({ atMs: start + minute }))).toBe('repeat');
    expect(tell(end(start + 2 * minute))).toBe('pagerduty+webhook 0');
    expect(tell(end(start + 3 * minute))).toBe('repeat');
    expect(tell(alert({ atMs: start + 4 * minute }))).toBe('pagerduty+webhook 0');
  });

  it('tells it again after the repeat time, with how often it was kept back', () => {
    const tell = story();
    tell(alert());
    for (let at = 10; at < 60; at += 10) expect(tell(alert({ atMs: start + at * minute }))).toBe('repeat');
    expect(tell(alert({ atMs: start + 60 * minute }))).toBe('pagerduty+webhook 5');
    expect(tell(alert({ atMs: start + 70 * minute }))).toBe('repeat');
  });

  it('tells of an easing whoever heard of the worst, and of the end too', () => {
    const tell = story();
    expect(tell(alert({ severity: 'warning' }))).toBe('webhook 0');
    expect(tell(alert({ atMs: start + minute }))).toBe('webhook+pagerduty 0');
    expect(tell(alert({ severity: 'warning', atMs: start + 2 * minute }))).toBe('webhook+pagerduty 0');
    expect(tell(end(start + 3 * minute))).toBe('webhook+pagerduty 0');
  });

  it('tells the end only where the beginning went', () => {
    const tell = story();
    tell(alert({ severity: 'warning' }));
    expect(tell(end(start + minute))).toBe('webhook 0');
  });

  it('tells an end that nobody remembers the beginning of wherever it may have gone', () => {
    expect(story()(end(start))).toBe('pagerduty+webhook 0');
  });

  it('knows the same alert again', () => {
    const tell = story();
    const one = alert();
    tell(one);
    expect(tell(one)).toBe('known');
  });

  it('drops a beginning that comes after its end, but forgives a clock that is a little late', () => {
    const tell = story();
    tell(end(start + minute));
    expect(tell(alert({ atMs: start }))).toBe('stale');
    expect(tell(alert({ atMs: start + minute - 5_000 }))).toBe('pagerduty+webhook 0');
  });

  it('takes the word of a sender who says he told it, when nobody can look it up', () => {
    expect(story()(alert({ repeat: true }), { blind: true })).toBe('known');
    expect(story()(alert({ repeat: true }))).toBe('pagerduty+webhook 0');
    expect(story()(alert(), { blind: true })).toBe('pagerduty+webhook 0');
  });

  it('remembers a severity without a route: its repeats and its end tell nobody', () => {
    const tell = story();
    expect(tell(alert({ severity: 'info' }))).toBe('0');
    expect(tell(alert({ severity: 'info', atMs: start + 1 }))).toBe('repeat');
    expect(tell(end(start + minute))).toBe('0');
  });
});
