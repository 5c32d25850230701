import { armFailpoint, failpoint, parseFailpoint } from './failpoint.js';
import type { Logger } from './logger.js';

const lines: string[] = [];
const say = (message: string): void => void lines.push(message);
const logger: Logger = { debug: say, info: say, warn: say, error: say, child: () => logger };
const arm = (text: string, service: Parameters<typeof armFailpoint>[1]['service'] = 'model-worker'): void =>
  armFailpoint(parseFailpoint(text), { service, logger });

beforeEach(() => lines.splice(0));
afterEach(() => armFailpoint(undefined, { service: 'model-worker', logger }));

test('without an order nothing happens', () => {
  expect(() => failpoint('worker.02.claimed')).not.toThrow();
  expect(lines).toEqual([]);
});

test('fires at its point only, and once', () => {
  arm('worker.02.claimed:throw');
  expect(() => failpoint('worker.01.taken')).not.toThrow();
  expect(() => failpoint('worker.02.claimed')).toThrow('failpoint worker.02.claimed');
  expect(lines).toEqual(['failpoint reached']);
  expect(() => failpoint('worker.02.claimed')).not.toThrow();
});

test('fires the n-th time', () => {
  arm('worker.02.claimed:throw:3');
  expect(() => failpoint('worker.02.claimed')).not.toThrow();
  expect(() => failpoint('worker.02.claimed')).not.toThrow();
  expect(() => failpoint('worker.02.claimed')).toThrow();
  expect(() => failpoint('worker.02.claimed')).not.toThrow();
});

test("another service's point is accepted and ignored", () => {
  arm('worker.02.claimed:throw', 'batch-orchestrator');
  expect(() => failpoint('worker.02.claimed')).not.toThrow();
});

test('what is not understood is refused with what there is', () => {
  expect(() => parseFailpoint('worker.99.nothing:kill')).toThrow(/no such failpoint.*worker\.02\.claimed/);
  expect(() => parseFailpoint('worker.02.claimed')).toThrow('kill, throw, pause');
  for (const rest of ['die', 'kill:0', 'kill:-1', 'kill:many', 'kill:1:1', 'kill:'])
    expect(() => parseFailpoint(`worker.02.claimed:${rest}`)).toThrow(RangeError);
  expect(parseFailpoint('worker.02.claimed:pause:7')).toEqual({
    name: 'worker.02.claimed',
    action: 'pause',
    nth: 7,
  });
});
