import type { ToldAlert } from '@image2model/contracts';
import { stateOf, type AlertState } from './alert.js';

const colours: Record<AlertState, string> = {
  info: '#2f80ed',
  warning: '#e8a100',
  critical: '#d0021b',
  resolved: '#2eb67d',
};
const titles: Record<AlertState, string> = {
  info: 'Info',
  warning: 'Warning',
  critical: 'Critical',
  resolved: 'Resolved',
};
/** Slack's own limits, in characters. */
const longest = { header: 150, text: 3_000, context: 2_000 };
const mostDetails = 12;

/** The body for an incoming webhook: a coloured bar with what, why and when; `text` is what a notification shows. */
export function slackMessage(alert: ToldAlert, source: string): Record<string, unknown> {
  const state = stateOf(alert);
  const title = `${titles[state]}: ${alert.code}`.slice(0, longest.header);
  const details = Object.entries(alert.details)
    .slice(0, mostDetails)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' · ');
  const from = `${source} · ${alert.at} · ${alert.id}`;
  return {
    text: escaped(`${title}: ${alert.message}`).slice(0, longest.text),
    attachments: [
      {
        color: colours[state],
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: title } },
          { type: 'section', text: { type: 'mrkdwn', text: escaped(alert.message).slice(0, longest.text) } },
          {
            type: 'context',
            elements: [from, ...(details === '' ? [] : [details])].map((text) => ({
              type: 'mrkdwn',
              text: escaped(text).slice(0, longest.context),
            })),
          },
        ],
      },
    ],
  };
}

/** Slack's three control characters: nothing in an alert may become a link or a mention. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
