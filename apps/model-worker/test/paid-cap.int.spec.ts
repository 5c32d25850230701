import { closingAfterAll, photo, startFalStandIn, waitFor } from '@image2model/testing';
import { openBench } from './support/bench.js';

const closing = closingAfterAll();

test('a tenant spends no more than its cap for the day: the batch is held until midnight', async () => {
  const bench = closing(await openBench());
  const fal = closing(await startFalStandIn({ concurrency: 8, duration: { kind: 'fixed', ms: 100 } }));
  await bench.start({
    ...{ FAL_KEY: 'stand-in-key', FAL_ORIGIN: fal.origin, FAL_CONCURRENCY: '8' },
    I2M_DAILY_CAP_USD: '0.9',
  });
  const image = await photo();
  const id = await bench.newBatch({ total: 8, provider: 'fal', image });
  const isSpent = async (): Promise<boolean> => {
    const { counts, hold, reservedMicro } = await bench.batch(id);
    return counts.completed === 3 && hold !== null && reservedMicro === 0;
  };
  await waitFor(isSpent, { timeoutMs: 20_000, what: '3 models and the hold' });
  const { hold, spentMicro, reservedMicro } = await bench.batch(id);
  expect([spentMicro, reservedMicro]).toEqual([900_000, 0]);
  expect(hold).toMatchObject({ reason: 'budget' });
  const midnight = new Date(hold?.untilMs ?? 0);
  expect(midnight.getTime()).toBeGreaterThan(Date.now());
  expect(midnight.toISOString()).toMatch(/T00:00:00\.000Z$/);
  expect(hold?.detail).toMatch(/daily limit of 0\.90 USD/);
  expect(fal.ledger()).toHaveLength(3);
  expect(await bench.progress.spend.today('t')).toMatchObject({ spentMicro: 900_000 });
});
