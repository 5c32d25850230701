import { healthAlert, missedAlert } from './health-report.js';
import type { HealthStatus, Reason } from './judge-health.js';

const reasons: Reason[] = [{ code: 'disk', severity: 'warning', message: 'The disk is 91 % full' }];
const check = (status: HealthStatus) => ({
  tick: 'tick:health-check:7',
  status,
  reasons: status === 'healthy' ? [] : reasons,
});

describe('healthAlert', () => {
  it.each<[HealthStatus | null, HealthStatus, string | undefined]>([
    [null, 'healthy', undefined],
    [null, 'degraded', 'warning'],
    [null, 'critical', 'critical'],
    ['healthy', 'healthy', undefined],
    ['healthy', 'degraded', 'warning'],
    ['degraded', 'degraded', undefined],
    ['degraded', 'critical', 'critical'],
    ['critical', 'critical', 'critical'],
    ['critical', 'degraded', 'warning'],
    ['critical', 'healthy', 'info'],
    ['degraded', 'healthy', 'info'],
  ])('told %s, now %s: %s', (told, now, severity) => {
    const alert = healthAlert(check(now), told);
    expect(alert?.severity).toBe(severity);
    expect(alert?.resolved ?? false).toBe(now === 'healthy' && severity !== undefined);
    expect(alert?.repeat ?? false).toBe(told === 'critical' && now === 'critical');
  });

  it('has an id that follows from the tick, and says why', () => {
    expect(healthAlert(check('degraded'), null)).toMatchObject({
      id: 'alert:health:tick:health-check:7',
      message: 'The system is degraded: The disk is 91 % full',
    });
  });
});

it('missedAlert tells later what nobody could be told', () => {
  const missed = { since: '2026-01-01T00:00:00.000Z', status: 'critical' as const, reasons };
  expect(missedAlert(missed, 't9', '2026-01-01T00:20:00.000Z')).toMatchObject({
    severity: 'warning',
    resolved: false,
    message:
      'From 2026-01-01T00:00:00.000Z to 2026-01-01T00:20:00.000Z the system was critical and nobody could be told: The disk is 91 % full',
  });
});
