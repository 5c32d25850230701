import { createLogger } from './create-logger.js';
import { repeat } from './repeat.js';

const logger = createLogger({ service: 'gateway', instance: 'i', level: 'error', write: () => undefined });

describe('repeat', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('runs at once and then at its interval, failures included', async () => {
    const run = jest.fn().mockRejectedValueOnce(new Error('no')).mockResolvedValue(undefined);
    const repetition = repeat({ name: 'beat', everyMs: 1_000, logger, run });
    await jest.advanceTimersByTimeAsync(0);
    expect(run).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(run).toHaveBeenCalledTimes(3);
    await repetition.close();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(run).toHaveBeenCalledTimes(3);
  });

  it('never runs twice at a time; a nudge meanwhile means one more run afterwards', async () => {
    const ends: (() => void)[] = [];
    const run = jest.fn(() => new Promise<void>((resolve) => ends.push(resolve)));
    const repetition = repeat({ name: 'sweep', everyMs: 1_000, atOnce: false, logger, run });
    repetition.nudge();
    await jest.advanceTimersByTimeAsync(0);
    repetition.nudge();
    repetition.nudge();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(run).toHaveBeenCalledTimes(1);
    ends.shift()?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(run).toHaveBeenCalledTimes(2);
    const closed = repetition.close();
    ends.shift()?.();
    await closed;
  });
});
