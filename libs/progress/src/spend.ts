import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import spendLua from './scripts/spend.lua';

const spendScript = defineScript('spend', spendLua, 'common');
const spendReply = z
  .tuple([z.int(), z.int(), z.int()])
  .transform(([ok, spentMicro, resetsAtMs]) => ({ ok: ok === 1, spentMicro, resetsAtMs }));

/** Today's money of a tenant, micro-USD, and when the next UTC day begins. */
export interface DaySpend {
  spentMicro: number;
  resetsAtMs: number;
}

/** What each tenant spends in a UTC day. Reservations are kept for 3 days. */
export class Spend {
  /** @param now ms; a test's own clock instead of Redis's */
  constructor(
    private readonly redis: Redis,
    private readonly now: () => number | '' = () => '',
  ) {}

  /** Once per intent, whatever the day and the amount of a repeat. @returns ok: false when it would pass the cap */
  async reserve(
    tenant: string,
    intent: string,
    micro: number,
    capMicro: number | null,
  ): Promise<DaySpend & { ok: boolean }> {
    return this.run(tenant, 'reserve', intent, micro, capMicro ?? '');
  }

  /** Gives a reservation back, once, to the day in which it was made. */
  async free(tenant: string, intent: string): Promise<void> {
    await this.run(tenant, 'free', intent);
  }

  async today(tenant: string): Promise<DaySpend> {
    const { spentMicro, resetsAtMs } = await this.run(tenant, 'look');
    return { spentMicro, resetsAtMs };
  }

  private async run(tenant: string, ...args: (string | number)[]): Promise<z.infer<typeof spendReply>> {
    const days = [0, 1, 2, 3].map((turn) => keys.spend(tenant, turn));
    return spendReply.parse(await runScript(this.redis, spendScript, days, [this.now(), ...args]));
  }
}
