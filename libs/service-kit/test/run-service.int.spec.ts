import { buildSample, startSample } from './sample-process.js';

const secrets = {
  FAL_KEY: '0a1b2c3d-0000-1111-2222-333344445555:0123456789abcdef0123456789abcdef',
  AMQP_URL: 'amqp://service:correct-horse-battery@127.0.0.1:5672/vh',
  REDIS_URL: 'redis://:staple-staple-staple@127.0.0.1:6379/0',
};

beforeAll(buildSample);

describe('runService as a process', () => {
  it('lists everything that is wrong with its environment and exits 78', async () => {
    const sample = startSample({
      ADMIN_PORT: 'many',
      PORT: '99999',
      LOG_LEVEL: 'loud',
      AMQP_URL: 'http://u:hunter2hunter2@h',
    });
    expect(await sample.exited).toBe(78);
    expect(sample.lines()).toHaveLength(1);
    expect(sample.lines()[0]).toMatchObject({ level: 'error', service: 'gateway' });
    const { problems } = sample.lines()[0] as { problems: string[] };
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'ADMIN_PORT',
      'AMQP_URL',
      'LOG_LEVEL',
      'PORT',
      'FAL_KEY',
    ]);
    expect(JSON.stringify(sample.lines())).not.toMatch(/hunter2|99999|loud/);
  });

  it('process title, worker start/stop steps: alive, ready, draining, closed in reverse order at the first of many signals', async () => {
    const sample = startSample(secrets);
    const url = await sample.adminUrl();
    const ready = async (): Promise<{ status: number; body: unknown }> => {
      const response = await fetch(`${url}/readyz`);
      return { status: response.status, body: await response.json() };
    };
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(await ready()).toEqual({ status: 503, body: { status: 'unavailable', failing: ['warm'] } });
    while ((await ready()).status !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await ready()).toEqual({ status: 200, body: { status: 'ready' } });
    expect(await sample.title()).toBe('image2model-gateway');

    sample.signal('SIGTERM');
    await sample.says('stopping');
    expect(await ready()).toEqual({ status: 503, body: { status: 'unavailable', failing: ['draining'] } });
    sample.signal('SIGINT');
    sample.signal('SIGTERM');
    expect(await sample.exited).toBe(0);
    const order = sample.messages().filter((message) => /^(told|closed|stopped)/.test(message));
    expect(order).toEqual(['told to stop', 'closed second', 'closed first', 'stopped']);
  });

  it('writes no secret anywhere', async () => {
    const sample = startSample({ ...secrets, LOG_LEVEL: 'debug', SCENARIO: 'failed start' });
    expect(await sample.exited).toBe(1);
    const written = JSON.stringify(sample.lines());
    expect(written).toContain('amqp://service:[redacted]@127.0.0.1');
    expect(written).not.toMatch(/0123456789abcdef|correct-horse|staple/);
  });

  it.each([
    ['failed start', 'could not start', 1],
    ['late defect', 'uncaught error', 1],
  ])('closes what is open and exits 1 after a %s', async (SCENARIO, message, code) => {
    const sample = startSample({ ...secrets, SCENARIO });
    expect(await sample.exited).toBe(code);
    expect(sample.messages()).toEqual(
      expect.arrayContaining([message, 'closed second', 'closed first', 'stopped']),
    );
  });

  it('can be stopped while it is still starting', async () => {
    const sample = startSample({ ...secrets, SCENARIO: 'never built' });
    await sample.says('connecting to amqp://service:[redacted]@127.0.0.1:5672/vh with [redacted]');
    sample.signal('SIGINT');
    expect(await sample.exited).toBe(0);
  });

  it('exits 1 when something could not be closed, after the rest', async () => {
    const sample = startSample({ ...secrets, SCENARIO: 'unclosable' });
    await sample.adminUrl();
    sample.signal('SIGTERM');
    expect(await sample.exited).toBe(1);
    expect(sample.messages()).toEqual(
      expect.arrayContaining(['closed second', 'could not close', 'stopped']),
    );
  });

  it('does not wait longer than 25 s', async () => {
    const sample = startSample({ ...secrets, SCENARIO: 'hangs' });
    await sample.adminUrl();
    const startedAt = performance.now();
    sample.signal('SIGTERM');
    expect(await sample.exited).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(40_000);
    expect(sample.messages()).toContain('not closed in time');
  });
});
