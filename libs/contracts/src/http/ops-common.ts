import { z } from 'zod';
import { timestampSchema } from './batch.js';

/** What has an effect that cannot be taken back asks for it: `true`, or the name of what it is done to. */
export const confirmSchema = z
  .union([z.literal(true), z.string().min(1).max(255)])
  .optional()
  .meta({
    description: 'true or the name of the thing; also as query `?confirm=`. Without it nothing happens.',
  });

/** A destructive call without further wishes. */
export const confirmedSchema = z.strictObject({ confirm: confirmSchema }).meta({ id: 'Confirmed' });

/** Why an operator does something, for people. */
export const operatorNoteSchema = z
  .strictObject({ detail: z.string().min(1).max(200).optional() })
  .meta({ id: 'OperatorNote' });

export const count = z.int().nonnegative();

/** A thing that an operator stopped. */
export const pausedSchema = z
  .object({
    detail: z.string(),
    since: timestampSchema,
    by: z.string().meta({ description: 'Id of the key.' }),
  })
  .nullable();
