import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../system/free-ports.js';
import { waitFor } from '../wait-for.js';
import { startOwnProcess } from './clusters/own-process.js';
import { program } from './clusters/programs.js';
import { rawRedis } from './raw-redis.js';

/** A Redis of one spec's own: users belong to a whole server, so the shared one is no place for them. */
export interface OwnRedis {
  /** With the login of the administrator; the default user is off. */
  readonly adminUrl: string;
  /** The same server with another login. */
  urlOf(user: string, password: string): string;
  /** What its file of users holds. */
  readonly aclFile: string;
  close(): Promise<void>;
}

/** Starts one that keeps its users in an ACL file and nothing else. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'i2m-own-redis-'));
  const [port = 0] = await freePorts(1);
  const password = randomBytes(18).toString('hex');
  const aclFile = join(dir, 'users.acl');
  await writeFile(aclFile, `user default off\nuser admin on >${password} ~* &* +@all\n`);
  const redis = await startOwnProcess(
    program('redis'),
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--aclfile', aclFile],
      // so that an administrator may do what nobody else may
      ...[
        '--enable-debug-command',
        'local',
        '--save',
        '',
        '--appendonly',
        'no',
        '--maxmemory-policy',
        'noeviction',
      ],
    ],
    { cwd: dir },
  );
  const urlOf = (user: string, secret: string): string => `redis://${user}:${secret}@127.0.0.1:${port}/0`;
  const adminUrl = urlOf('admin', password);
  const close = async (): Promise<void> => {
    await redis.kill();
    await rm(dir, { recursive: true, force: true });
  };
  const answers = (): Promise<boolean> =>
    rawRedis(adminUrl)('PING').then(
      () => true,
      () => false,
    );
  await waitFor(answers, { what: 'a Redis of its own', everyMs: 20 }).catch(async (error: unknown) => {
    await close();
    throw new Error(`${String(error)}\n${redis.output()}`);
  });
  return { adminUrl, urlOf, aclFile, close };
}
