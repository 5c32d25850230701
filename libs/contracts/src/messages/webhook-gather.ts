import { z } from 'zod';
import { defineMessage } from '../envelope.js';

/** Files of a batch were settled whose webhook wants to hear of files; which ones stands in the facts of the batch. */
export const webhookGather = defineMessage({
  type: 'webhook.gather',
  version: 1,
  kind: 'task',
  summary: 'Tell the webhook of a batch about the files that were settled meanwhile.',
  payload: z.strictObject({}),
});
