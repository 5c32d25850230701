import type { AlertChannel } from '@image2model/contracts';
import type { AlertConfig } from '../config.js';
import type { Channel, Channels } from '../domain/channel.js';
import { pagerdutyEvent } from '../domain/pagerduty-event.js';
import { slackMessage } from '../domain/slack-message.js';
import { webhookBody } from '../domain/webhook-body.js';
import { postJson } from './post-json.js';

/** An event of ours that they call invalid stays invalid. */
const refusals = [400, 413, 422] as const;

/** Those channels that the configuration names. */
export function createChannels(config: AlertConfig): Channels {
  const { ALERT_WEBHOOK_URL, ALERT_SLACK_URL, ALERT_PAGERDUTY_KEY, ALERT_PAGERDUTY_URL } = config;
  const source = config.ALERT_SOURCE;
  const channels = new Map<AlertChannel, Channel>();
  if (ALERT_WEBHOOK_URL !== undefined) {
    const target = { channel: 'webhook', url: ALERT_WEBHOOK_URL } as const;
    channels.set('webhook', { deliver: (alert) => postJson(target, webhookBody(alert)) });
  }
  if (ALERT_SLACK_URL !== undefined) {
    const target = { channel: 'slack', url: ALERT_SLACK_URL, refusals } as const;
    channels.set('slack', { deliver: (alert) => postJson(target, slackMessage(alert, source)) });
  }
  if (ALERT_PAGERDUTY_KEY !== undefined) {
    const target = { channel: 'pagerduty', url: ALERT_PAGERDUTY_URL, refusals } as const;
    const incident = { routingKey: ALERT_PAGERDUTY_KEY, source };
    channels.set('pagerduty', { deliver: (alert) => postJson(target, pagerdutyEvent(alert, incident)) });
  }
  return channels;
}
