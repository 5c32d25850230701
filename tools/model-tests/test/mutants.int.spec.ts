import { mutantsText } from '../src/report/texts.js';
import { mutants } from '../src/search/mutants.js';
import { tryMutants } from '../src/search/try-mutants.js';
import { ownDatabase, seed } from './support/own-database.js';

const url = ownDatabase();

/** A ninth of them, another one in each run of the suite: all take minutes (`npm run test:model -- --mutants`). */
const ninth = Number(process.env['MUTANTS_NINTH'] ?? Math.floor(Date.now() / 1_000) % 9);

test('every script that is broken on purpose is caught', async () => {
  process.stdout.write(`mutants: MUTANTS_NINTH=${ninth}\n`);
  const among = mutants.filter((_, at) => at % 9 === ninth);
  const results = await tryMutants(url(), { runs: 5_000, seed, among });
  const survivors = results.filter(({ finding }) => finding === null);
  expect(survivors.length === 0 ? '' : mutantsText(results)).toBe('');
  expect(results.length).toBeGreaterThanOrEqual(7);
});
