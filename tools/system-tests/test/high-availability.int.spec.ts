import { scenarios, withClusters } from '@image2model/chaos-ha';

/** So that a failure can be played again: `npm run chaos:ha -- --seed 20 --only paid`. */
const seed = 20;

test('the Redis master and the leader of the lane queue are killed while 1,000 files are paid for: nothing is lost or paid twice', async () => {
  const paid = scenarios.find(({ name }) => name === 'paid');
  if (paid === undefined) throw new RangeError('there is no scenario paid');
  const run = { seed, files: 1_000, short: true, tell: () => undefined };
  const { violations, facts } = await withClusters(run.tell, (clusters) => paid.run({ ...run, clusters }));
  expect(violations).toEqual([]);
  expect(facts['redis ms']).toBeGreaterThan(0);
  expect(facts['rabbitmq ms']).toBeGreaterThan(0);
  expect(facts['accepted']).toBe(run.files);
}, 600_000);
