import { z } from 'zod';
import { batchIdSchema } from '../ids.js';
import { batchSchema, timestampSchema } from './batch.js';
import { fileErrorSchema, metadataSchema, modelSchema } from './file.js';
import { cursorSchema, limitSchema } from './page.js';
import { webhookEvents } from './webhook-events.js';

export { webhookEvents, type WebhookEvent } from './webhook-events.js';

export const deliveryStates = ['pending', 'delivered', 'failed', 'disabled'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One message to the webhook of a batch, with its tries. */
export const deliverySchema = z
  .object({
    id: z.string().meta({ description: 'Header `webhook-id`: the same for all tries.' }),
    event: z.enum(webhookEvents),
    url: z.string().meta({ description: 'Without its query.' }),
    state: z.enum(deliveryStates),
    created_at: timestampSchema,
    next_try_at: timestampSchema.nullable(),
    attempts: z.array(
      z.object({
        at: timestampSchema,
        status: z.int().nullable().meta({ description: 'HTTP status; null without an answer.' }),
        error: z.string().nullable(),
        took_ms: z.int().nonnegative(),
      }),
    ),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.output<typeof deliverySchema>;
export const deliveryListSchema = z
  .object({ data: z.array(deliverySchema), next_cursor: z.string().nullable() })
  .meta({ id: 'DeliveryList' });

export const listDeliveriesQuerySchema = z.object({ limit: limitSchema, cursor: cursorSchema });

/** What signs the webhooks of a tenant. */
export const webhookSecretSchema = z
  .object({
    secret: z.string().meta({ description: 'Signs every webhook; `whsec_` and base64.' }),
    previous_secret: z
      .string()
      .nullable()
      .meta({ description: 'Signs as well while the secret is being changed; null otherwise.' }),
  })
  .meta({ id: 'WebhookSecret' });

const fileData = z.object({
  batch_id: batchIdSchema,
  idx: z.int().nonnegative(),
  name: z.string().nullable(),
  metadata: metadataSchema.nullable(),
});

/** `data` of each webhook. A batch is told as it was when its run ended, the URL of its webhook without its query. */
export const webhookEventDataSchemas = {
  'batch.completed': batchSchema,
  'file.completed': fileData.extend({ status: z.literal('completed'), model: modelSchema.nullable() }),
  'file.failed': fileData.extend({ status: z.literal('failed'), error: fileErrorSchema.nullable() }),
  'file.cancelled': fileData.extend({ status: z.literal('cancelled') }),
} as const;
