import type { KeyObject } from 'node:crypto';
import { CallEnded, falFetch, jsonOf } from './fal-fetch.js';
import { falHosts } from './fal-hosts.js';
import { faultOfCall, keysOfJwks, verifyWebhook, type WebhookCall } from './verify-webhook.js';

/** `unavailable`: fal's keys cannot be had now, the call should come again. */
export type WebhookVerdict = 'good' | 'unsigned' | 'stale' | 'wrong_signature' | 'unavailable';

export interface WebhookVerifier {
  verify(call: WebhookCall): Promise<WebhookVerdict>;
}

interface VerifierOptions {
  origin?: string | undefined;
  /** ms since 1970 */
  now?: () => number;
}

const keysLiveMs = 24 * 3_600_000;
/** A signature that fits no key asks for new ones so often at most. */
const refetchAfterMs = 60_000;
const fetchLimitMs = 5_000;
const jwksUrl = `${falHosts.restAlpha}/.well-known/jwks.json`;

/** Checks webhooks against fal's keys, which are kept for a day and fetched anew when a signature fits none of them. */
export function createWebhookVerifier({ origin, now = Date.now }: VerifierOptions = {}): WebhookVerifier {
  let known: { keys: readonly KeyObject[]; atMs: number } | undefined;
  let triedAtMs = -Infinity;
  let running: Promise<void> | undefined;
  const refetch = (): Promise<void> => {
    running ??= fetchKeys(origin)
      .then((keys) => {
        known = { keys, atMs: now() };
      })
      .finally(() => {
        triedAtMs = now();
        running = undefined;
      });
    return running;
  };
  const fresh = (): readonly KeyObject[] | undefined =>
    known !== undefined && now() - known.atMs < keysLiveMs ? known.keys : undefined;
  return {
    verify: async (call) => {
      const fault = faultOfCall(call, now());
      if (fault !== null) return fault;
      if (verifyWebhook(call, fresh() ?? [])) return 'good';
      if (fresh() !== undefined && now() - triedAtMs < refetchAfterMs) return 'wrong_signature';
      try {
        await refetch();
      } catch {
        return 'unavailable';
      }
      return verifyWebhook(call, fresh() ?? []) ? 'good' : 'wrong_signature';
    },
  };
}

/** @throws CallEnded or ZodError when there are no keys to be had */
async function fetchKeys(origin: string | undefined): Promise<KeyObject[]> {
  const signal = new AbortController().signal;
  const get = falFetch({ call: 'keys', origin, limitMs: fetchLimitMs, signal });
  const keys = keysOfJwks(jsonOf(await (await get(jwksUrl)).text()));
  if (keys.length === 0) throw new CallEnded(new Error('the key set has no Ed25519 key'));
  return keys;
}
