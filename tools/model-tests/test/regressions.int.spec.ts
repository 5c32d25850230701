import { createRedisDatabase, type RedisDatabase } from '@image2model/testing';
import { Violation } from '../src/checks/violation.js';
import { mutate, type Mutant } from '../src/search/mutants.js';
import { runSchedule } from '../src/search/run-schedule.js';
import type { Schedule } from '../src/search/schedule.js';
import { Stats } from '../src/search/stats.js';
import { openConnection } from '../src/world/connection.js';

let database: RedisDatabase;
beforeAll(async () => {
  database = await createRedisDatabase();
});
afterAll(() => database.close());

/** Schedules, made small, that once broke an invariant, each with what brings the bug back. */
const found: readonly (readonly [bug: Mutant, schedule: Schedule])[] = [
  [
    {
      name: 'a wrong counter keeps a cancelling batch open for ever: only running ones are recounted',
      script: 'cancel_waiting',
      find: 'if to >= total and moved.X == 0 then recount() end',
      put: '',
    },
    {
      files: 2,
      refused: 0,
      sealed: true,
      crashLimit: 5,
      paying: null,
      losesTasks: false,
      features: ['cancel', 'falsify', 'condemn'],
      favourite: 'step',
      // one file fails, a cancel begins, and then the failures are said to be none
      orders: [
        ['condemn', 0],
        ['run', 0],
        ['cancel', 0],
        ['run', 0],
        ['falsify', 1],
      ],
      afterRest: [],
    },
  ],
];

test.each(found.map(([bug, schedule]) => ({ ...bug, schedule })))('$name', async ({ schedule, ...bug }) => {
  const connection = await openConnection(database.url, (scripts) => scripts);
  const broken = await openConnection(database.url, (scripts) => mutate(scripts, bug));
  try {
    await runSchedule(connection, schedule, new Stats());
    await expect(runSchedule(broken, schedule, new Stats())).rejects.toThrow(Violation);
  } finally {
    await connection.close();
    await broken.close();
  }
});
