import { alertRoutesSchema, defaultRoutes, routesTo } from './alert-routes.js';

describe('alertRoutesSchema', () => {
  it('reads routes by severity; the log needs no route', () => {
    expect(
      alertRoutesSchema.parse('critical=pagerduty, slack,webhook;warning=slack,webhook;info=log'),
    ).toEqual({
      critical: ['pagerduty', 'slack', 'webhook'],
      warning: ['slack', 'webhook'],
      info: [],
    });
    expect(alertRoutesSchema.parse('critical=webhook,webhook;')).toEqual({
      critical: ['webhook'],
      warning: [],
      info: [],
    });
  });

  it('wakes somebody by default only when it is critical', () => {
    const { critical, warning, info } = alertRoutesSchema.parse(defaultRoutes);
    expect(critical).toContain('pagerduty');
    expect([...warning, ...info]).not.toContain('pagerduty');
    for (const route of [critical, warning, info])
      expect(route).toEqual(expect.arrayContaining(['slack', 'webhook']));
  });

  it.each([
    ['fatal=slack', 'the severities are info, warning, critical'],
    ['critical=email', 'the channels are webhook, slack, pagerduty, log'],
    ['critical', 'the channels are'],
  ])('says what is wrong with %s', (text, fault) => {
    const parsed = alertRoutesSchema.safeParse(text);
    expect(parsed.error?.issues[0]?.message).toContain(fault);
    expect(parsed.error?.issues[0]?.message).toContain('critical=pagerduty,slack,webhook;');
  });
});

it('routes only to channels that there are', () => {
  const routes = routesTo(alertRoutesSchema.parse(defaultRoutes), new Set(['slack']));
  expect(routes).toEqual({ critical: ['slack'], warning: ['slack'], info: ['slack'] });
});
