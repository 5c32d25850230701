import { z } from 'zod';
import { deliveryIdSchema } from '../delivery-ids.js';
import { defineMessage } from '../envelope.js';

/** One try of a customer's webhook. `ladder` and `tried` name the try: a message about any other one is old. */
export const webhookDeliver = defineMessage({
  type: 'webhook.deliver',
  version: 1,
  kind: 'task',
  summary: 'Post one message to the webhook of a batch, when its time has come.',
  payload: z.strictObject({
    delivery: deliveryIdSchema,
    /** counts from 1, grows with every redelivery by hand */
    ladder: z.int().positive(),
    /** tries of this ladder that have failed */
    tried: z.int().nonnegative(),
  }),
});
