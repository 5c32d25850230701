import { buildSample, startSample } from './sample-process.js';

beforeAll(buildSample);

const env = { FAL_KEY: '0a1b2c3d-0000-1111-2222-333344445555:0123456789abcdef0123456789abcdef' };

describe('FAILPOINT of a process', () => {
  it.each([
    ['worker.02.claimed:kill', { NODE_ENV: 'production' }, 'refused when NODE_ENV is production'],
    ['worker.02.claimed:explode', {}, 'the actions are kill, throw, pause'],
    ['worker.00.nowhere:kill', {}, 'orchestrator.01.submitted-taken'],
  ])('%s %o is refused with exit 78', async (order, more, problem) => {
    const sample = startSample({ ...env, ...more, FAILPOINT: order });
    expect(await sample.exited).toBe(78);
    expect(String(sample.messages()[0])).toContain(`FAILPOINT: `);
    expect(String(sample.messages()[0])).toContain(problem);
  });

  it('of another service is accepted and ignored', async () => {
    const sample = startSample({ ...env, FAILPOINT: 'worker.02.claimed:kill' });
    await sample.says('started');
    sample.signal('SIGTERM');
    expect(await sample.exited).toBe(0);
  });
});
