import type { RedisUser, RedisUsers, UsersKept } from '@image2model/progress';
import type { Step } from '../steps.js';

/** A server and how people know it: host and port. */
export interface RedisServer {
  readonly place: string;
  readonly users: Pick<RedisUsers, 'difference' | 'set' | 'defaultUserIsOn' | 'disableDefaultUser' | 'keep'>;
}

/** The users of one server; the default one last, so that nobody is locked out half-way. */
export function redisSteps(
  { place, users }: RedisServer,
  accounts: readonly RedisUser[],
  { defaultOff }: { defaultOff: boolean },
): Step[] {
  const steps = accounts.map((account) => ({
    what: `Redis ${place} user ${account.name}`,
    look: () => users.difference(account),
    change: () => users.set(account),
  }));
  const last = {
    what: `Redis ${place} default user`,
    look: async () => ((await users.defaultUserIsOn()) ? 'on' : null),
    change: () => users.disableDefaultUser(),
  };
  return defaultOff ? [...steps, last] : steps;
}

/** What to say of a server whose users were changed. */
export const keptText: Readonly<Record<UsersKept, string>> = {
  'acl file': 'the users are in its ACL file',
  'configuration file': 'the users are in its configuration file',
  memory:
    'WARNING: it forgets the users when it restarts; start it with an ACL file (aclfile /data/users.acl), or run this after each restart',
};
