import { z } from 'zod';
import { httpLimits } from './limits.js';

export const textures = ['no', 'standard', 'HD'] as const;

/** How models are to be made. Unknown keys are refused by name. */
export const settingsSchema = z
  .strictObject({
    endpoint: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: "The provider's endpoint; provider fal only." }),
    face_limit: z
      .int()
      .min(48)
      .max(500_000)
      .default(50_000)
      .meta({ description: 'Most faces a model may have.' }),
    texture: z.enum(textures).optional().meta({ description: 'Without it the provider decides.' }),
    pbr: z.boolean().optional(),
    seed: z
      .int()
      .min(0)
      .max(2_147_483_647)
      .optional()
      .meta({ description: 'The same seed, image and settings give the same model where the provider can.' }),
    quality_gate: z.boolean().optional(),
    extra: z
      .record(z.string().max(100), z.unknown())
      .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= httpLimits.extraBytes, {
        message: `must have at most ${httpLimits.extraBytes} bytes of JSON`,
      })
      .optional()
      .meta({ description: "Inputs of the provider's endpoint, passed on as they are; provider fal only." }),
  })
  .meta({ id: 'Settings' });
export type Settings = z.output<typeof settingsSchema>;
