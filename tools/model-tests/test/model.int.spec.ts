import { findingText } from '../src/report/texts.js';
import { search } from '../src/search/search.js';
import { openConnection } from '../src/world/connection.js';
import { ownDatabase, seed } from './support/own-database.js';

const url = ownDatabase();

test('2,000 random schedules break no invariant', async () => {
  const connection = await openConnection(url(), (scripts) => scripts);
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
