import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { defineScript, runScript } from './define-script.js';
import { keys } from './keys.js';
import failLua from './scripts/fail-endpoint.lua';

const failScript = defineScript('fail_endpoint', failLua, 'common');

/** So long after its last failure an endpoint is nobody's concern any more. */
const keptMs = 30 * 24 * 3_600_000;

const endpointKey = (tenant: string, url: string): string =>
  keys.webhookEndpoint(tenant, createHash('sha256').update(url).digest('hex').slice(0, 32));

/** How the webhooks of a tenant behave, by URL. Only those that fail are written down; the URL itself is not. */
export class WebhookEndpoints {
  constructor(private readonly redis: Redis) {}

  /** Why it is disabled, for people; null when it is not. */
  async disabled(tenant: string, url: string): Promise<string | null> {
    return this.redis.hget(endpointKey(tenant, url), 'why');
  }

  /** It took a message: whatever was wrong is over. */
  async worked(tenant: string, url: string): Promise<void> {
    await this.redis.unlink(endpointKey(tenant, url));
  }

  /** @param afterMs of failing without one success it is disabled; 0: now @returns true for the one call that disabled it */
  async failed(tenant: string, url: string, afterMs: number, why: string): Promise<boolean> {
    return (
      (await runScript(this.redis, failScript, [endpointKey(tenant, url)], ['', afterMs, why, keptMs])) === 1
    );
  }
}
