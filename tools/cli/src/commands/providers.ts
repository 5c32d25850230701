import type { Command } from 'commander';
import { providerListSchema, providerSchema, type ProviderView } from '@image2model/contracts';
import { z } from 'zod';
import { defineCommand, defineGroup } from '../define-command.js';
import { ago, usd } from '../output/format.js';
import type { Terminal } from '../output/terminal.js';

/** `i2m providers`. */
export const providersCommand = (): Command =>
  defineGroup('providers', 'Paid providers: list, pause (the switch that stops all spending), resume.', [
    defineCommand({
      name: 'list',
      summary: 'The paid providers, how much of them is used, and why they are parked.',
      examples: ['providers list'],
      options: {},
      run: async (context) => {
        const { data } = await context.ops().get('providers', providerListSchema);
        context.terminal.result(data, () => providersText(context.terminal, data));
        return undefined;
      },
    }),
    control('pause', 'Sends nothing new to a provider, whoever’s batch it is; what was bought comes home.'),
    control('resume', 'Lets a provider be used again.'),
  ]);

function providersText(terminal: Terminal, providers: readonly ProviderView[]): string {
  const nowMs = Date.now();
  return terminal.table(
    [
      { title: 'PROVIDER', of: ({ provider }) => provider },
      {
        title: 'STATE',
        of: ({ parked }) => (parked === null ? 'open' : 'parked'),
        tone: ({ parked }) => (parked === null ? 'good' : 'warn'),
      },
      { title: 'IN USE', of: ({ in_use, limit }) => `${in_use} of ${Math.floor(limit)}`, align: 'right' },
      { title: 'WAITING', of: ({ waiting }) => String(waiting), align: 'right' },
      { title: 'TODAY', of: ({ spent_today_usd }) => usd(spent_today_usd), align: 'right' },
      {
        title: 'WHY',
        of: ({ parked }) =>
          parked === null ? '' : `${parked.detail} (${parked.code}, ${ago(parked.since, nowMs)})`,
        flexible: true,
      },
    ],
    providers,
    'There is no paid provider here: no FAL_KEY is set.',
  );
}

function control(action: 'pause' | 'resume', summary: string): Command {
  return defineCommand({
    name: `${action} <provider>`,
    summary,
    examples: action === 'pause' ? ['providers pause fal --detail "wrong prices"'] : ['providers resume fal'],
    flags: action === 'pause' ? [['--detail <text>', 'why, for others']] : [],
    options: { detail: z.string().optional() },
    run: async (context, { detail }, [provider = '']) => {
      const body = action === 'pause' ? { detail } : undefined;
      const now = await context
        .ops()
        .call('POST', `providers/${encodeURIComponent(provider)}/${action}`, providerSchema, body);
      context.terminal.result(now, () => providersText(context.terminal, [now]));
      return undefined;
    },
  });
}
