import { connect, type Socket } from 'node:net';
import { createRedisDatabase, waitFor } from '@image2model/testing';
import { AbstractConnector } from 'ioredis';
import { LastingRedis } from '../src/lasting-redis.js';

let calls = 0;
let port = 0;

/** As Sentinel's connector does when its failover detector closes a connection that is being made: ioredis gives up then. */
class GivesUpOnce extends AbstractConnector {
  constructor() {
    super(1_000);
  }

  override connect(): Promise<Socket> {
    calls += 1;
    this.connecting = true;
    if (calls === 1) return Promise.reject(new Error('Connection is closed.'));
    this.stream = connect(port, '127.0.0.1');
    return Promise.resolve(this.stream as Socket);
  }
}

test('a client that ioredis gave up connects anew, and one that was told to leave does not', async () => {
  const database = await createRedisDatabase();
  port = Number(new URL(database.url).port);
  const client = new LastingRedis({
    ...{ Connector: GivesUpOnce, db: database.number, lazyConnect: true, replyMapping: 'legacy' },
    retryStrategy: () => 50,
  });
  client.on('error', () => undefined);
  await expect(client.connect()).rejects.toThrow('closed');
  await waitFor(() => client.status === 'ready', { what: 'another connection' });
  expect(await client.ping()).toBe('PONG');
  await client.leave();
  await waitFor(() => client.status === 'end', { what: 'the end' });
  const before = calls;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect([client.status, calls]).toEqual(['end', before]);
  await database.close();
});
