import { z } from 'zod';
import { defineMessage } from '../envelope.js';

/** The most files one message may name. */
export const filesPerSettleMessage = 256;

/** Attempts of these files of one batch are concluded in Redis; the orchestrator settles them. */
export const fileSettled = defineMessage({
  type: 'file.settled',
  version: 1,
  kind: 'event',
  summary: 'The attempts of one or more files of a batch are concluded.',
  payload: z.strictObject({ files: z.array(z.int().nonnegative()).min(1).max(filesPerSettleMessage) }),
});
