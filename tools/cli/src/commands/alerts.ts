import type { Command } from 'commander';
import { severities } from '@image2model/contracts';
import { z } from 'zod';
import { choiceFlag, defineCommand, defineGroup } from '../define-command.js';

const sentSchema = z.object({ id: z.string(), severity: z.string() });

/** `i2m alerts`. */
export const alertsCommand = (): Command =>
  defineGroup('alerts', 'Alerts.', [
    defineCommand({
      name: 'test',
      summary:
        'Sends a test alert through all channels of its severity. Look whether it arrives; `i2m events` says what became of it.',
      examples: ['alerts test', 'alerts test --severity critical --confirm'],
      flags: [
        ['--severity <severity>', `${severities.join(', ')} (default info)`, choiceFlag(severities)],
        ['--message <text>', 'what it says'],
        ['--confirm', 'do not ask; for a critical one, which may wake somebody'],
      ],
      options: {
        severity: z.string().default('info'),
        message: z.string().optional(),
        confirm: z.boolean().optional(),
      },
      run: async (context, { severity, message, confirm }) => {
        if (severity === 'critical') await context.confirm('This may wake somebody.', confirm);
        const asked = { severity, message, ...(severity === 'critical' ? { confirm: true } : {}) };
        const answer = await context.ops().call('POST', 'alerts:test', sentSchema, asked);
        context.terminal.result(
          answer,
          () => `${answer.id} (${answer.severity}) is on its way; \`i2m events\` says what became of it`,
        );
        return undefined;
      },
    }),
  ]);
