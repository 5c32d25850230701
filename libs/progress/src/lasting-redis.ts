import { Redis, type RedisOptions } from 'ioredis';

/** Before a client that ioredis gave up connects anew, ms. */
const pauseMs = 100;

/**
 * An ioredis client that only ends when it is told to. ioredis gives up for good when its failover detector closes a
 * connection that is just being made; every later command would fail then.
 */
export class LastingRedis extends Redis {
  #leaving = false;

  constructor(settings: RedisOptions & { replyMapping: 'legacy' }) {
    super(settings);
    this.on('end', () => {
      if (!this.#leaving) setTimeout(() => this.#revive(), pauseMs);
    });
  }

  /** @param reconnect true: another connection follows */
  override disconnect(reconnect = false): void {
    if (!reconnect) this.#leaving = true;
    super.disconnect(reconnect);
  }

  /** Ends it when the commands before are answered. */
  async leave(): Promise<void> {
    this.#leaving = true;
    await this.quit().catch(() => this.disconnect());
  }

  #revive(): void {
    // a failed try is not the end: ioredis goes on by its retry strategy, or ends again and comes back here
    if (!this.#leaving && this.status === 'end') this.connect().catch(() => undefined);
  }
}
