import { fileOfIntent } from '@image2model/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { defineScript, runScript, type Script } from './define-script.js';
import type {
  GovernorLimits,
  GovernorState,
  ParkReason,
  SeenAtProvider,
  SlotGrant,
  SlotRecord,
  SlotRequest,
} from './governor-types.js';
import { keys } from './keys.js';
import acceptedLua from './scripts/governor-accepted.lua';
import parkLua from './scripts/governor-park.lua';
import refusedLua from './scripts/governor-refused.lua';
import reportLua from './scripts/governor-report.lua';
import resumeLua from './scripts/governor-resume.lua';
import stateLua from './scripts/governor-state.lua';
import acquireLua from './scripts/slot-acquire.lua';
import bindLua from './scripts/slot-bind.lua';
import listLua from './scripts/slot-list.lua';
import releaseLua from './scripts/slot-release.lua';

const acquireScript = defineScript('slot_acquire', acquireLua, 'governor');
const bindScript = defineScript('slot_bind', bindLua, 'governor');
const releaseScript = defineScript('slot_release', releaseLua, 'governor');
const listScript = defineScript('slot_list', listLua, 'governor');
const reportScript = defineScript('governor_report', reportLua, 'governor');
const refusedScript = defineScript('governor_refused', refusedLua, 'governor');
const acceptedScript = defineScript('governor_accepted', acceptedLua, 'governor');
const parkScript = defineScript('governor_park', parkLua, 'governor');
const resumeScript = defineScript('governor_resume', resumeLua, 'governor');
const stateScript = defineScript('governor_state', stateLua, 'governor');

/** A 429 without Retry-After. */
const usualStopMs = 60_000;

const waitCode = z.enum([
  'provider_concurrency',
  'rate_limit',
  'provider_auth',
  'provider_account',
  'provider_paused',
]);
const acquireReply = z.tuple([
  z.array(z.string()),
  z.array(z.string()),
  waitCode.or(z.literal('')),
  z.string(),
  z.int(),
]);
const parkCode = z.enum(['provider_auth', 'provider_account', 'provider_paused']);
const stateReply = z.tuple([
  z.int(),
  z.int(),
  z.int(),
  z.int(),
  parkCode.or(z.literal('')),
  z.string(),
  z.int(),
  z.int(),
]);
const listReply = z.array(z.string());

/**
 * How much of one provider key the whole fleet uses at the same time, and whose turn it is. Redis's clock rules; every
 * call may be repeated when its answer was lost. Every method throws Failure dependency.redis while Redis is away.
 */
export class Governor {
  private declared = false;

  /** @param now ms; a test's own clock instead of Redis's */
  constructor(
    private readonly redis: Redis,
    private readonly name: string,
    private readonly limits: GovernorLimits,
    private readonly now: () => number | '' = () => '',
  ) {}

  /**
   * Asks for slots, 60 s each. Who gets none leaves a mark for 2 s that holds its turn: ask again after `againMs`, for
   * all that still wait. A request in `probe` (also in `granted`) tries out a parked provider.
   */
  async acquire(requests: readonly SlotRequest[]): Promise<SlotGrant> {
    const wanted = requests.flatMap(({ intent, batchId, tenant }) => [intent, batchId, tenant]);
    const reply = await this.run(acquireScript, this.declared ? 0 : 1, ...wanted);
    this.declared = true;
    const [granted, probe, code, detail, againMs] = acquireReply.parse(reply);
    return { granted, probe, wait: code === '' ? null : { code, detail }, againMs };
  }

  /**
   * The generation was accepted: its slot lives `holdMs` from now, even when its 60 s were over.
   * @param of whose it is, for a slot that has to be made anew
   */
  async bound(intent: string, holdMs: number, of?: { tenant: string; batchId?: string }): Promise<void> {
    const batchId = of?.batchId ?? fileOfIntent(intent)?.batchId ?? '';
    await this.run(bindScript, intent, holdMs, batchId, of?.tenant ?? '');
  }

  /** Gives slots back, and takes requests out that wait no longer. Not for an intent in doubt: it may be running. */
  async release(intents: readonly string[]): Promise<void> {
    if (intents.length > 0) await this.run(releaseScript, ...intents);
  }

  /**
   * A submit was accepted: the row of refusals ends, and a parking by auth or account when the request was sent after
   * it. Without the intent only a parking older than a submit's time limit (20 s) ends.
   */
  async accepted(intent = ''): Promise<{ resumed: boolean }> {
    return { resumed: (await this.run(acceptedScript, intent)) === 1 };
  }

  /** A 429. @returns the limit now, and how long nobody gets a slot (0: go on) */
  async refused(retryAfterMs: number | null): Promise<{ limit: number; stoppedMs: number }> {
    const reply = await this.run(refusedScript, Math.ceil(retryAfterMs ?? usualStopMs));
    const [limit, stoppedMs] = z.tuple([z.int(), z.int()]).parse(reply);
    return { limit, stoppedMs };
  }

  /** What this process sees of its own generations, every 250–500 ms while it has any; moves the limit. */
  async report(instance: string, seen: SeenAtProvider): Promise<{ limit: number }> {
    const reply = await this.run(
      reportScript,
      instance,
      seen.queued,
      seen.running,
      seen.startedAtOnce,
      seen.waited,
    );
    return { limit: z.int().parse(reply) };
  }

  /** Nobody gets a slot. @returns first: true for the call that changed it, which is the one to alert */
  async park(why: ParkReason): Promise<{ first: boolean }> {
    return { first: (await this.run(parkScript, why.code, why.detail)) === 1 };
  }

  /** By hand: ends a pause, a parking and a stop. @returns was: whether there was any */
  async resume(): Promise<{ was: boolean }> {
    return { was: (await this.run(resumeScript)) === 1 };
  }

  async state(): Promise<GovernorState> {
    const [limit, permitted, inUse, waiting, code, detail, sinceMs, stoppedUntilMs] = stateReply.parse(
      await this.run(stateScript),
    );
    const parked = code === '' ? null : { code, detail, sinceMs };
    return { limit, permitted, inUse, waiting, parked, stoppedUntilMs };
  }

  async slots(): Promise<SlotRecord[]> {
    const flat = listReply.parse(await this.run(listScript));
    return Array.from({ length: flat.length / 5 }, (_, n) => {
      const [intent = '', tenant = '', until, taken, bound] = flat.slice(5 * n, 5 * n + 5);
      return { intent, tenant, untilMs: Number(until), takenAtMs: Number(taken), bound: bound === '1' };
    });
  }

  private run(script: Script, ...args: (string | number)[]): Promise<unknown> {
    const names = [keys.governor, keys.slots, keys.slotMarks, keys.slotReports, keys.slotsEnded];
    return runScript(
      this.redis,
      script,
      names.map((key) => key(this.name)),
      [this.now(), this.limits.start, this.limits.most, ...args],
    );
  }
}
