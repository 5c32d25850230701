import { createClosingStack } from './closing-stack.js';
import { createLogger } from './create-logger.js';

const logger = createLogger({ service: 'gateway', instance: 'i', level: 'error', write: () => undefined });

describe('createClosingStack', () => {
  it('closes in reverse order, one after the other, and goes on after a failure', async () => {
    const closed: string[] = [];
    const stack = createClosingStack(logger);
    const resource = (name: string, fails = false) => ({
      close: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        if (fails) throw new Error(name);
        closed.push(name);
      },
    });
    const redis = resource('redis');
    expect(stack.add(redis)).toBe(redis);
    stack.add(resource('broken', true));
    stack.add(resource('broker'));
    expect(await stack.closeAll()).toBe(1);
    expect(closed).toEqual(['broker', 'redis']);
    expect(await stack.closeAll()).toBe(0);
  });

  it('closes at once what comes too late', async () => {
    const stack = createClosingStack(logger);
    await stack.closeAll();
    const close = jest.fn();
    stack.add({ close });
    expect(close).toHaveBeenCalledTimes(1);
  });
});
