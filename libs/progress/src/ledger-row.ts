import { z } from 'zod';

/** One decision to pay and what became of it. */
export interface LedgerRow {
  intent: string;
  idx: number;
  /**
   * `open`: its submit is under way or in doubt; `bound`: accepted; `unbilled`: accepted, ended without a charge;
   * `doubtful`: given up without knowing; `extra`: accepted although it had been given up
   */
  state: 'open' | 'bound' | 'unbilled' | 'doubtful' | 'extra';
  priceMicro: number;
  endpoint: string;
  requestId: string | null;
  atMs: number;
}

/** A row as the scripts write it. */
export const rowSchema = z
  .object({
    i: z.int(),
    s: z.enum(['open', 'bound', 'unbilled', 'doubtful', 'extra']),
    p: z.number(),
    e: z.string(),
    r: z.string().optional(),
    at: z.number(),
  })
  .transform(({ i, s, p, e, r, at }) => ({
    ...{ idx: i, state: s, priceMicro: p, endpoint: e, requestId: r ?? null, atMs: at },
  }));
