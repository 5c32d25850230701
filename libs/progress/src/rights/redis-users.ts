import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { openRedis, type ConnectOptions } from '../redis-client.js';

/** A user as Redis is to have it. */
export interface RedisUser {
  readonly name: string;
  /** The only password, as SHA-256 in hex: the text itself need not travel. */
  readonly passwordSha256: string;
  readonly rules: readonly string[];
}

/** Where the users of a server are after a change; `memory`: only until it restarts. */
export type UsersKept = 'acl file' | 'configuration file' | 'memory';

const lines = z.array(z.string());

/** One Redis server as an administrator sees it. Users belong to one server: each replica and each Sentinel has its own. */
export class RedisUsers {
  readonly #redis: Redis;

  constructor(options: Pick<ConnectOptions, 'url' | 'logger'> & Partial<ConnectOptions>) {
    this.#redis = openRedis({ ...options, failFast: true });
  }

  /** @throws Error when it does not answer, or not to this login */
  async ping(): Promise<void> {
    await this.#redis.ping();
  }

  /**
   * How a user differs; null when it does not. Versions write the same rights down differently, so they are compared with
   * those of a user that is made for a moment, switched off.
   */
  async difference({ name, passwordSha256, rules }: RedisUser): Promise<string | null> {
    const present = await this.#line(name);
    if (present === null) return 'missing';
    const other = `i2m-compared-${randomBytes(6).toString('hex')}`;
    try {
      await this.#redis.call('ACL', 'SETUSER', other, 'reset', 'off', `#${passwordSha256}`, ...rules);
      const wanted = await this.#line(other);
      if (!present.includes(`#${passwordSha256}`)) return 'another password';
      if (present.startsWith('off ')) return 'off';
      return present.replace(/^on /, 'off ') === wanted ? null : 'other rights';
    } finally {
      await this.#redis.call('ACL', 'DELUSER', other);
    }
  }

  /** All of the user in one step; its connections stay, and obey the new rights from their next command on. */
  async set({ name, passwordSha256, rules }: RedisUser): Promise<void> {
    await this.#redis.call('ACL', 'SETUSER', name, 'reset', 'on', `#${passwordSha256}`, ...rules);
  }

  /** Whether clients may do something without a name of their own. */
  async defaultUserIsOn(): Promise<boolean> {
    return (await this.#line('default'))?.startsWith('on ') === true;
  }

  async disableDefaultUser(): Promise<void> {
    await this.#redis.call('ACL', 'SETUSER', 'default', 'off');
  }

  /** Writes all users down where the server reads them at its start. */
  async keep(): Promise<UsersKept> {
    const may = async (...command: [string, string]): Promise<boolean> =>
      this.#redis.call(...command).then(
        () => true,
        (error: unknown) => {
          if (/not configured to use an ACL file|without a config file/i.test(String(error))) return false;
          throw error;
        },
      );
    if (await may('ACL', 'SAVE')) return 'acl file';
    return (await may('CONFIG', 'REWRITE')) ? 'configuration file' : 'memory';
  }

  close(): void {
    this.#redis.disconnect();
  }

  /** What `ACL LIST` says after the name. */
  async #line(name: string): Promise<string | null> {
    const head = `user ${name} `;
    const all = lines.parse(await this.#redis.call('ACL', 'LIST'));
    return all.find((line) => line.startsWith(head))?.slice(head.length) ?? null;
  }
}
