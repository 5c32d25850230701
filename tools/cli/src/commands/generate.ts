import type { Command } from 'commander';
import { lanes, providers, textures } from '@image2model/contracts';
import { z } from 'zod';
import { choiceFlag, defineCommand, numberFlag } from '../define-command.js';
import { runGenerate } from '../generate/run-generate.js';

/** `i2m generate`: photos in, models out. */
export const generateCommand = (): Command =>
  defineCommand({
    name: 'generate <input...>',
    summary:
      'Makes a 3D model of every photo: folders, photos, patterns in quotes, or .txt files with one URL a line. The same command, run again, goes on where it was: nothing is sent or paid twice.',
    examples: [
      'generate photos/ --out models',
      "generate 'photos/**/*.jpg' --out models --face-limit 20000 --budget 25",
      'generate urls.txt --out models --provider fal --texture HD --detach',
      'generate photos/ --out models --retry-failed',
    ],
    flags: [
      ['-o, --out <dir>', 'where the models, manifest.json and the memory of what was sent go (required)'],
      ['-r, --recursive', 'subfolders too'],
      [
        '--provider <name>',
        `${providers.join(', ')} (default: the one of the gateway)`,
        choiceFlag(providers),
      ],
      ['--endpoint <id>', 'the endpoint of the provider, for example tripo3d/tripo/v2.5/image-to-3d'],
      ['--face-limit <n>', 'most faces of a model', numberFlag({ min: 48, max: 500_000 })],
      ['--texture <kind>', textures.join(', '), choiceFlag(textures)],
      ['--priority <lane>', lanes.join(', '), choiceFlag(lanes)],
      [
        '--budget <usd>',
        'most that may be spent on this run; it pauses there',
        numberFlag({ min: 0, max: 1_000_000, whole: false }),
      ],
      ['--name <text>', 'name of the batch (default: that of the folder)'],
      ['--detach', 'send, and end at once; the same command later fetches the models'],
      ['--retry-failed', 'try failed photos again'],
      ['--resend-lost', 'send again what the gateway no longer has, which is paid again'],
    ],
    options: {
      out: z.string({ error: '--out DIR is needed' }),
      recursive: z.boolean().default(false),
      provider: z.string().optional(),
      endpoint: z.string().optional(),
      faceLimit: z.number().optional(),
      texture: z.string().optional(),
      priority: z.string().optional(),
      budget: z.number().optional(),
      name: z.string().optional(),
      detach: z.boolean().default(false),
      retryFailed: z.boolean().default(false),
      resendLost: z.boolean().default(false),
    },
    run: (context, options, inputs) => {
      const { provider, endpoint, faceLimit, texture, budget, ...rest } = options;
      const wishes = {
        ...(provider === undefined ? {} : { provider }),
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(faceLimit === undefined ? {} : { face_limit: faceLimit }),
        ...(texture === undefined ? {} : { texture }),
      };
      return runGenerate(context.terminal, context.api(), { ...rest, inputs, wishes, budgetUsd: budget });
    },
  });
