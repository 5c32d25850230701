import type { RedisUser } from '@image2model/progress';

/** Lines for an ACL file. It needs one of an administrator, too: a file without `default` leaves that user as open as it was. */
export const redisAcl = (accounts: readonly RedisUser[]): string =>
  accounts
    .map(({ name, passwordSha256, rules }) => `user ${name} on #${passwordSha256} ${rules.join(' ')}\n`)
    .join('');
