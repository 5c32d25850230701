import { createRedisDatabase, createVhost } from '../src/index.js';

describe('what each spec gets of the shared servers', () => {
  it('is a virtual host of its own, gone afterwards', async () => {
    const [one, two] = await Promise.all([createVhost(), createVhost()]);
    expect(new URL(one.url).pathname).toBe(`/${one.name}`);
    expect(one.name).not.toBe(two.name);
    await one.close();
    await one.close();
    await two.close();
  });

  it('is a Redis database of its own', async () => {
    const made = await Promise.all([createRedisDatabase(), createRedisDatabase(), createRedisDatabase()]);
    const numbers = made.map(({ number }) => number);
    expect(new Set(numbers).size).toBe(3);
    expect(Math.min(...numbers)).toBeGreaterThan(0);
    for (const { url, number } of made) expect(new URL(url).pathname).toBe(`/${number}`);
    await Promise.all(made.map((database) => database.close()));
  });
});
