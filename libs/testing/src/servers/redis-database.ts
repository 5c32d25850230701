import { connect } from 'node:net';
import { testServer } from './test-servers.js';

export interface RedisDatabase {
  /** redis:// URL of an empty database that no other spec uses. */
  readonly url: string;
  readonly number: number;
  /** Empties it. */
  close(): Promise<void>;
}

/** The tests' Redis is started with so many; number 0 hands out the others. */
const databases = 512;

/** A fresh database of the tests' Redis; unique over all workers of one test run. */
export async function createRedisDatabase(): Promise<RedisDatabase> {
  const [turn] = await askRedis(['SELECT 0', 'INCR i2m:test:databases']);
  const number = 1 + ((Number(turn) - 1) % (databases - 1));
  const empty = async (): Promise<void> => void (await askRedis([`SELECT ${number}`, 'FLUSHDB']));
  await empty();
  const url = testServer('redisUrl');
  url.pathname = `/${number}`;
  return { url: url.href, number, close: empty };
}

/** Sends inline commands over one connection and gives the last simple reply; all that a spec needs of a client here. */
function askRedis(commands: readonly string[]): Promise<string[]> {
  const url = testServer('redisUrl');
  const login = url.password === '' ? [] : [`AUTH ${decodeURIComponent(url.password)}`];
  const lines = [...login, ...commands];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port || 6379), url.hostname);
    let text = '';
    const end = (error?: Error): void => {
      socket.destroy();
      const last = text.trim().split('\r\n').at(-1) ?? '';
      if (error !== undefined) reject(error);
      else resolve([last.slice(1)]);
    };
    socket.setTimeout(10_000, () => end(new Error('Redis did not answer')));
    socket.on('error', end);
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      const replies = text.split('\r\n').slice(0, -1);
      const refused = replies.find((reply) => reply.startsWith('-'));
      if (refused !== undefined) end(new Error(`Redis: ${refused}`));
      else if (replies.length >= lines.length) end();
    });
    socket.write(`${lines.join('\r\n')}\r\n`);
  });
}
