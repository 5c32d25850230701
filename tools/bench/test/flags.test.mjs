import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseBenchFlags } from '../command/flags.mjs';
import { planVisits, systemNames } from '../command/plan.mjs';

const usage = (/** @type {RegExp} */ message) => ({ name: 'CommandError', exitCode: 64, message });

test('without flags: every system, the usual sizes, three rounds', () => {
  const flags = parseBenchFlags([]);
  assert.deepEqual(flags.only, systemNames);
  assert.equal(flags.sizes, null);
  assert.equal(flags.repeats, 3);
  assert.equal(flags.appendfsync, 'everysec');
  assert.equal(flags.json, null);
});

test('sizes are sorted, systems run in their order, files are meant from where npm was called', (t) => {
  const before = process.env['INIT_CWD'];
  process.env['INIT_CWD'] = '/somewhere';
  t.after(() => {
    if (before === undefined) delete process.env['INIT_CWD'];
    else process.env['INIT_CWD'] = before;
  });
  const flags = parseBenchFlags(
    '--n 1000,100,1000 --only raw-quorum,image2model --json out/b.json --repeats 2 --no-build'.split(' '),
  );
  assert.deepEqual(flags.sizes, [100, 1000]);
  assert.deepEqual(flags.only, ['image2model', 'raw-quorum']);
  assert.equal(flags.json, join('/somewhere', 'out/b.json'));
  assert.equal(flags.build, false);
});

test('what is wrong is named', () => {
  assert.throws(() => parseBenchFlags(['--fast']), usage(/--fast/));
  assert.throws(() => parseBenchFlags(['1000']), usage(/1000/));
  assert.throws(() => parseBenchFlags(['--n', '100,many']), usage(/--n many/));
  assert.throws(() => parseBenchFlags(['--n', '100001']), usage(/--n 100001/));
  assert.throws(() => parseBenchFlags(['--repeats', '0']), usage(/--repeats 0/));
  assert.throws(() => parseBenchFlags(['--only', 'image2model,rq']), usage(/--only rq/));
  assert.throws(() => parseBenchFlags(['--appendfsync', 'no']), usage(/--appendfsync no/));
  assert.throws(() => parseBenchFlags(['--json']), usage(/--json/));
});

test('systems take turns, and every size of 1,000 files or more has at least two runs', () => {
  const visits = planVisits({ only: systemNames, sizes: null, large: true, repeats: 3 });
  assert.deepEqual(
    visits.slice(0, 8).map(({ system }) => system),
    [...systemNames, ...systemNames],
  );
  const runs = (/** @type {string} */ system, /** @type {number} */ n) =>
    visits.flatMap((visit) => (visit.system === system ? visit.sizes.filter((size) => size === n) : []))
      .length;
  assert.equal(runs('image2model', 100), 6);
  assert.equal(runs('image2model', 10_000), 3);
  assert.equal(runs('celery-original', 10_000), 2);
  assert.equal(runs('celery-original', 1_000), 3);
  assert.equal(runs('image2model', 100_000), 2);
  assert.equal(runs('raw-quorum', 100_000), 2);
  assert.equal(runs('bullmq-progress', 100_000), 0);
});

test('sizes that are asked for run on every system, once each', () => {
  const visits = planVisits({ only: systemNames, sizes: [2_000, 100_000], large: true, repeats: 1 });
  assert.deepEqual(
    visits.map(({ sizes }) => sizes),
    systemNames.map(() => [2_000, 100_000]),
  );
});
