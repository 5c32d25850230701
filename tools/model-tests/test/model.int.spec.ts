import { createRedisDatabase, type RedisDatabase } from '@image2model/testing';
import { findingText, mutantsText } from '../src/report/texts.js';
import { mutants } from '../src/search/mutants.js';
import { search } from '../src/search/search.js';
import { tryMutants } from '../src/search/try-mutants.js';
import { openConnection } from '../src/world/connection.js';

/** The same runs every time; `npm run test:model` takes other seeds and more of them. */
const seed = 7;
let database: RedisDatabase;

jest.setTimeout(600_000);
beforeAll(async () => {
  database = await createRedisDatabase();
});
afterAll(() => database.close());

test('2,000 random schedules break no invariant', async () => {
  const connection = await openConnection(database.url, (scripts) => scripts);
  try {
    const { finding, runs, stats } = await search(connection, { runs: 2_000, seed });
    expect(finding === null ? '' : findingText(finding)).toBe('');
    expect(runs).toBe(2_000);
    for (const reached of [
      'takeover',
      'fenced',
      'crash',
      'park',
      'redo',
      'reissue',
      'claim held',
      'retry begun',
      'takeover paid',
      'takeover at work',
      'intend budget',
      'intend fenced',
      'bind stale',
      'refund ok',
      'doubt ok',
      'doubt ok for one more',
      'cancel left to a worker',
      'put back',
    ])
      expect(`${reached}: ${stats.get(reached) > 0}`).toBe(`${reached}: true`);
  } finally {
    await connection.close();
  }
});

/** A third of them, another one in each run of the suite: all take minutes (`npm run test:model -- --mutants`). */
const third = Number(process.env['MUTANTS_THIRD'] ?? Math.floor(Date.now() / 1_000) % 3);

test('every script that is broken on purpose is caught', async () => {
  process.stdout.write(`mutants: MUTANTS_THIRD=${third}\n`);
  const among = mutants.filter((_, at) => at % 3 === third);
  const results = await tryMutants(database.url, { runs: 5_000, seed, among });
  const survivors = results.filter(({ finding }) => finding === null);
  expect(survivors.length === 0 ? '' : mutantsText(results)).toBe('');
  expect(results.length).toBeGreaterThanOrEqual(10);
});
