import type { ScheduleRun } from '@image2model/progress';
import { createLogger } from '@image2model/service-kit';
import { createJobRunner, type Job } from './run-maintenance.js';

const logger = createLogger({ service: 'test', instance: 'i', level: 'error', write: () => undefined });

function createWorld(job: Job) {
  const effects = new Map<string, string>();
  const runs: (Omit<ScheduleRun, 'atMs' | 'tookMs'> & { job: string })[] = [];
  const goneOn: string[] = [];
  const other: Job = async () => ({ detail: 'other' });
  const run = createJobRunner({
    fleet: {
      claimEffect: async (id) => !effects.has(id) && effects.set(id, 'under-way').size > 0,
      effectDone: async (id) => void effects.set(id, 'done'),
      releaseEffect: async (id) => void effects.delete(id),
    },
    schedules: {
      noteRun: async (name, { outcome, detail, by }) => void runs.push({ job: name, outcome, detail, by }),
    },
    jobs: { 'clean-up': job, 'health-check': other, 'emergency-clean-up': other, 'finish-deletions': other },
    goOn: async (name, id) => void goneOn.push(`${name} ${id}`),
    instance: 'm-1',
    logger,
  });
  const controller = new AbortController();
  return {
    effects,
    runs,
    goneOn,
    controller,
    run: (id: string) => run('clean-up', { id, signal: controller.signal }),
  };
}

describe('createJobRunner', () => {
  it('runs a tick once and notes what came of it', async () => {
    const { run, runs, goneOn } = createWorld(async () => ({ detail: 'removed 1 batch' }));
    expect([await run('t1'), await run('t1'), await run('manual:x')]).toEqual(['ran', 'known', 'ran']);
    const row = { job: 'clean-up', outcome: 'done', detail: 'removed 1 batch', by: 'm-1' };
    expect(runs).toEqual([row, row]);
    expect(goneOn).toEqual([]);
  });

  it('asks for the next slice under a name of its own, so that it goes on', async () => {
    const { run, goneOn } = createWorld(async () => ({ detail: 'a part', more: true }));
    await run('t1');
    await run('t1+1');
    await run('t1+9');
    expect(goneOn).toEqual(['clean-up t1+1', 'clean-up t1+2', 'clean-up t1+10']);
  });

  it('notes a failure, and lets the tick be tried again', async () => {
    const { run, runs, effects } = createWorld(async () => {
      throw new Error('EIO');
    });
    await expect(run('t1')).rejects.toThrow('EIO');
    expect(runs).toEqual([{ job: 'clean-up', outcome: 'failed', detail: 'EIO', by: 'm-1' }]);
    expect(effects.size).toBe(0);
  });

  it('notes nothing of a run that another process has in hand, nor of one that was told to stop', async () => {
    const elsewhere = createWorld(async () => 'elsewhere');
    expect(await elsewhere.run('t1')).toBe('ran');
    const stopped = createWorld(async ({ signal }) => {
      signal.throwIfAborted();
      return { detail: '' };
    });
    stopped.controller.abort(new Error('drained'));
    await expect(stopped.run('t1')).rejects.toThrow('drained');
    expect([...elsewhere.runs, ...stopped.runs]).toEqual([]);
  });
});
