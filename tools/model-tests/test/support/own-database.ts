import { startOwnRedis, type OwnRedis } from '@image2model/testing';

/** The same runs every time; `npm run test:model` takes other seeds and more of them. */
export const seed = 7;

/**
 * A Redis in memory only: the shared one writes to the disk before it answers, and the schedules are very many short
 * turns that nobody needs after the run.
 *
 * @returns its URL, once the spec's tests run
 */
export function ownDatabase(): () => string {
  let redis: OwnRedis;
  jest.setTimeout(600_000);
  beforeAll(async () => {
    redis = await startOwnRedis();
  });
  afterAll(() => redis.close());
  return () => redis.adminUrl;
}
