import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { parseMeasureFlags } from '../command/measure-flags.mjs';
import { parsePlanFlags, planHelp } from '../command/plan-flags.mjs';

/** @param {() => unknown} parse @param {RegExp} says */
const refuses = (parse, says) =>
  assert.throws(
    parse,
    (error) =>
      error instanceof CommandError && error.exitCode === exitCodes.usage && says.test(error.message),
  );

test('a plan has its defaults and takes what is named', () => {
  assert.deepEqual(parsePlanFlags([]), {
    ...{ help: false, refill: false, json: null, filesPerDay: 100_000, provider: 'fal', wishes: {} },
  });
  const flags = parsePlanFlags(
    '--files-per-day 5 --provider embedded --peak-factor 2.5 --retention-hours 24 --downloads 0'.split(' '),
  );
  assert.equal(flags.filesPerDay, 5);
  assert.equal(flags.provider, 'embedded');
  assert.deepEqual(flags.wishes, { peakFactor: 2.5, retentionHours: 24, downloads: 0 });
});

test('wrong values are refused with their range', () => {
  refuses(() => parsePlanFlags(['--peak-factor', '25']), /--peak-factor 25: give a number from 1 to 24/);
  refuses(() => parsePlanFlags(['--files-per-day', 'many']), /--files-per-day many/);
  refuses(() => parsePlanFlags(['--redis-gb', '']), /--redis-gb/);
  refuses(() => parsePlanFlags(['--provider', 'noop']), /give fal or embedded/);
  refuses(() => parsePlanFlags(['--pods', '3']), /--pods/);
  refuses(() => parseMeasureFlags(['--repeats', '3']), /--repeats/);
});

test('--help names every flag of a plan', () => {
  for (const flag of ['drain-hours', 'model-mb', 'watch-minutes', 'network-gbit', 'storage-tb', 'refill'])
    assert.ok(planHelp.includes(`--${flag}`), flag);
});

test('only a measurement without --json is kept as the project has it', () => {
  assert.equal(parseMeasureFlags([]).keep, true);
  const { keep, json } = parseMeasureFlags(['--json', 'out/x.json']);
  assert.equal(keep, false);
  assert.match(json ?? '', /out\/x\.json$/);
});
