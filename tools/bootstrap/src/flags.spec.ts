import { readFlags, UsageError } from './flags.js';

test('without flags it applies; each way of looking is its own mode', () => {
  expect(readFlags([])).toEqual({ mode: 'apply', print: null, waitS: 60 });
  expect(readFlags(['--check', '--wait', '0'])).toEqual({ mode: 'check', print: null, waitS: 0 });
  expect(readFlags(['--dry-run'])).toMatchObject({ mode: 'dry-run' });
  expect(readFlags(['--print', 'redis-acl'])).toMatchObject({ mode: 'print', print: 'redis-acl' });
  expect(readFlags(['--help'])).toBeNull();
});

test.each([
  [['--prnt'], "Unknown option '--prnt'"],
  [['--check', '--dry-run'], '--check and --dry-run exclude each other'],
  [['--print', 'passwords'], '--print passwords: there are redis-acl and rabbitmq-definitions'],
  [['--wait', '-1'], '--wait'],
  [['--wait', '1.5'], '--wait 1.5: give whole seconds from 0 to 3600'],
  [['now'], 'now'],
])('%p is refused', (args, text) => {
  expect(() => readFlags(args)).toThrow(UsageError);
  expect(() => readFlags(args)).toThrow(text);
});
