import { createRecycleRule } from './recycle-rule.js';

const young = { handled: 0, rssMb: 100, aliveMs: 1_000 };

describe('max_tasks_per_child', () => {
  it('recycles after so many tasks, and up to a tenth more', () => {
    const rule = createRecycleRule({ afterTasks: 100, afterMb: 0 }, 0);
    expect(rule({ ...young, handled: 99 })).toBeUndefined();
    expect(rule({ ...young, handled: 100 })).toBe('100 tasks of 100');
    const other = createRecycleRule({ afterTasks: 100, afterMb: 0 }, 0.99);
    expect(other({ ...young, handled: 109 })).toBeUndefined();
    expect(other({ ...young, handled: 110 })).toBe('110 tasks of 110');
  });

  it('recycles above so much memory, but not a process that was just started', () => {
    const rule = createRecycleRule({ afterTasks: 0, afterMb: 200 }, 0.5);
    expect(rule({ handled: 1e9, rssMb: 200, aliveMs: 1e9 })).toBeUndefined();
    expect(rule({ ...young, rssMb: 201, aliveMs: 60_000 })).toBe('201 MB of 200');
    expect(rule({ ...young, rssMb: 900, aliveMs: 59_999 })).toBeUndefined();
  });

  it('never recycles by itself unless it is told to', () => {
    const rule = createRecycleRule({ afterTasks: 0, afterMb: 0 }, 0.5);
    expect(rule({ handled: 1e9, rssMb: 1e9, aliveMs: 1e9 })).toBeUndefined();
  });
});
