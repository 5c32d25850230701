import { createReadiness } from './readiness.js';

describe('createReadiness', () => {
  afterEach(() => jest.useRealTimers());

  it('is not ready while starting and while draining', async () => {
    const readiness = createReadiness();
    expect(await readiness.look()).toEqual({ ready: false, failing: ['starting'] });
    readiness.enter('started');
    expect(await readiness.look()).toEqual({ ready: true, failing: [] });
    readiness.enter('draining');
    readiness.enter('started');
    expect(await readiness.look()).toEqual({ ready: false, failing: ['draining'] });
  });

  it('names every failing check', async () => {
    const readiness = createReadiness();
    readiness.enter('started');
    readiness.add('fine', () => undefined);
    readiness.add('false', () => false);
    readiness.add('throws', () => {
      throw new Error('no');
    });
    readiness.add('rejects', () => Promise.reject(new Error('no')));
    expect(await readiness.look()).toEqual({ ready: false, failing: ['false', 'throws', 'rejects'] });
  });

  it('says what it waits for while it is not ready, and only then', async () => {
    const readiness = createReadiness();
    readiness.waits('rabbitmq', 'no queue');
    expect(await readiness.look()).toEqual({ ready: false, failing: ['starting', 'rabbitmq: no queue'] });
    readiness.enter('started');
    expect(await readiness.look()).toEqual({ ready: true, failing: [] });
    readiness.add('rabbitmq', () => false);
    expect(await readiness.look()).toEqual({ ready: false, failing: ['rabbitmq', 'rabbitmq: no queue'] });
    readiness.waits('rabbitmq', undefined);
    expect(await readiness.look()).toEqual({ ready: false, failing: ['rabbitmq'] });
  });

  it('does not wait for a check that hangs', async () => {
    jest.useFakeTimers();
    const readiness = createReadiness();
    readiness.enter('started');
    readiness.add('hangs', () => new Promise(() => undefined));
    const answer = readiness.look();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await answer).toEqual({ ready: false, failing: ['hangs'] });
  });
});
