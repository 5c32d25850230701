import { setTimeout as sleep } from 'node:timers/promises';
import type { Provider } from '../domain/provider.js';

/** Takes a given time and makes nothing: for tests and benchmarks of everything around a generation. */
export const createNoopProvider = (slots: number, takesMs: number): Provider => ({
  name: 'noop',
  slots,
  async generate(request) {
    if (takesMs === 0) return null;
    const { signal } = request;
    await sleep(takesMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    return null;
  },
});
