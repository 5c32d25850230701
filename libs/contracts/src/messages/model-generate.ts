import { z } from 'zod';
import { defineMessage } from '../envelope.js';

/** One file of a batch wants its model. `gen` grows with every republication; older copies are dropped. */
export const modelGenerate = defineMessage({
  type: 'model.generate',
  version: 1,
  kind: 'task',
  summary: 'Generate the model of one file.',
  payload: z.strictObject({ gen: z.int().nonnegative() }),
});
