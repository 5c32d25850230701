import type { Command } from 'commander';
import { logLevels, services } from '@image2model/contracts';
import { z } from 'zod';
import { choiceFlag, defineCommand, numberFlag } from '../define-command.js';
import { clock } from '../output/format.js';

const levelSetSchema = z.object({
  level: z.string(),
  service: z.string().nullable(),
  until: z.string().nullable(),
});

/** `i2m log-level`. */
export const logLevelCommand = (): Command =>
  defineCommand({
    name: 'log-level <level>',
    summary: `How much the services log, for a while: ${logLevels.join(', ')}, or default.`,
    examples: ['log-level debug --service model-worker --minutes 10', 'log-level default'],
    flags: [
      ['--service <name>', services.join(', '), choiceFlag(services)],
      ['--minutes <n>', 'how long (default 60)', numberFlag({ min: 1, max: 1_440 })],
    ],
    options: { service: z.string().optional(), minutes: z.number().optional() },
    run: async (context, { service, minutes }, [level = '']) => {
      const now = await context.ops().call('PUT', 'log-level', levelSetSchema, { level, service, minutes });
      const until = now.until === null ? '' : ` until ${clock(now.until)}`;
      context.terminal.result(
        now,
        () => `log level of ${now.service ?? 'all services'} is ${now.level}${until}`,
      );
      return undefined;
    },
  });
