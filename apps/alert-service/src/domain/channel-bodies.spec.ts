import type { ToldAlert } from '@image2model/contracts';
import { hourOf, keptBackSummary } from './kept-back-summary.js';
import { pagerdutyEvent } from './pagerduty-event.js';
import { retryAfterMs } from './retry-after.js';
import { slackMessage } from './slack-message.js';

const alert: ToldAlert = {
  id: 'a1',
  severity: 'critical',
  code: 'health',
  fingerprint: 'health',
  message: 'Queue <!channel> & more',
  resolved: false,
  details: { queue: 'q', length: 3 },
  at: '2026-01-01T00:00:00.000Z',
};

describe('slackMessage', () => {
  it('shows the severity by a colour, and nothing in it becomes a mention', () => {
    const text = JSON.stringify(slackMessage(alert, 'staging'));
    expect(text).toContain('"color":"#d0021b"');
    expect(text).toContain('Critical: health');
    expect(text).toContain('Queue &lt;!channel&gt; &amp; more');
    expect(text).not.toContain('<!channel>');
    expect(text).toContain('staging · 2026-01-01T00:00:00.000Z · a1');
    expect(text).toContain('queue: q · length: 3');
  });

  it('is green when it is over, and never longer than Slack takes', () => {
    expect(JSON.stringify(slackMessage({ ...alert, resolved: true }, 's'))).toContain('#2eb67d');
    const long = slackMessage({ ...alert, message: '&'.repeat(2_000) }, 's');
    const [{ blocks }] = long['attachments'] as [{ blocks: { text?: { text: string } }[] }];
    for (const block of blocks) expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
  });
});

describe('pagerdutyEvent', () => {
  const to = { routingKey: 'R1', source: 'staging' };

  it('triggers an incident that is the same for the same trouble', () => {
    expect(pagerdutyEvent(alert, to)).toMatchObject({
      routing_key: 'R1',
      dedup_key: 'health',
      event_action: 'trigger',
      payload: {
        summary: alert.message,
        source: 'staging',
        severity: 'critical',
        class: 'health',
        timestamp: alert.at,
      },
    });
  });

  it('resolves it', () => {
    expect(pagerdutyEvent({ ...alert, resolved: true }, to)).toEqual({
      routing_key: 'R1',
      dedup_key: 'health',
      event_action: 'resolve',
    });
  });
});

describe('keptBackSummary', () => {
  it('tells how many, of which hour, and where they are', () => {
    const from = Date.parse('2026-01-01T10:00:00.000Z');
    expect(hourOf(from + 59 * 60_000)).toBe(from);
    expect(keptBackSummary(from, 12, 30).message).toMatch(
      /^12 more alerts between 10:00 and 11:00 UTC .*30 an hour/,
    );
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-01-01T00:00:00.000Z');
  it.each([
    ['30', 30_000],
    ['0.5', 500],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['9999999', 24 * 3_600_000],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s', (header, ms) => expect(retryAfterMs(header, now)).toBe(ms));
});
