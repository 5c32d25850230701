import { describeEmergency } from './emergency-notice.js';

const freed = { batches: 2, files: 5, bytes: 3_000_000 };
const percents = { beforePercent: 96.04, afterPercent: 84.96, targetPercent: 85 };

test('it says what was freed and how full the disk is', () => {
  expect(describeEmergency({ how: 'done', freed, ...percents })).toBe(
    'freed 2 batches, 5 files, 3.0 MB; the disk was 96.0 % full and is 85.0 %',
  );
  expect(describeEmergency({ how: 'needless', freed, ...percents, afterPercent: 40 })).toBe(
    'the disk is 40.0 % full, below the mark of 85 %: nothing to do',
  );
});

test('it says what to do when nothing is left', () => {
  expect(describeEmergency({ how: 'exhausted', freed, ...percents, afterPercent: 93 })).toMatch(
    /is 93\.0 %, above the mark of 85 %, and nothing is left that may be freed: add disk space/,
  );
});
