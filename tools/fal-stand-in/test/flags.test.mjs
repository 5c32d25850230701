import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { readStandInFlags } from '../command/flags.mjs';
import { readFault } from '../command/read-fault.mjs';

const usage = (/** @type {RegExp} */ message) => ({ name: 'CommandError', exitCode: 64, message });

test('flags become options; what is not said is left to the defaults', () => {
  assert.deepEqual(readStandInFlags([]), { webhooks: {}, listing: {} });
  assert.deepEqual(
    readStandInFlags(
      '--port 9000 --key a --key b=locked --concurrency 40 --webhooks off --webhook-missing 0.2 --listing-lag 3000 --file-urls origin'.split(
        ' ',
      ),
    ),
    {
      port: 9000,
      keys: { a: 'ok', b: 'locked' },
      concurrency: 40,
      fileUrls: 'origin',
      webhooks: { enabled: false, missingShare: 0.2 },
      listing: { lagMs: 3000 },
    },
  );
  assert.equal(readStandInFlags(['--help']), null);
});

test('durations in three forms', () => {
  const durationOf = (/** @type {string} */ text) => {
    const options = readStandInFlags(['--duration', text]);
    return options !== null && 'duration' in options ? options.duration : null;
  };
  assert.deepEqual(durationOf('500'), { kind: 'fixed', ms: 500 });
  assert.deepEqual(durationOf('500-2000'), { kind: 'uniform', fromMs: 500, toMs: 2000 });
  assert.deepEqual(durationOf('lognormal:60000:.4'), { kind: 'lognormal', medianMs: 60_000, sigma: 0.4 });
});

test('faults: a name, a share, conditions', () => {
  assert.deepEqual(readFault('reset_after_accept'), { fault: 'reset_after_accept' });
  assert.deepEqual(readFault('too_many_requests=0.1,retryAfterS=none,ordinals=1+5,image=a=b$'), {
    fault: 'too_many_requests',
    share: 0.1,
    retryAfterS: null,
    ordinals: [1, 5],
    image: 'a=b$',
  });
});

test('what is wrong is named', () => {
  assert.throws(() => readStandInFlags(['--nonsense']), usage(/nonsense/));
  assert.throws(() => readStandInFlags(['--duration', 'long']), usage(/--duration long/));
  assert.throws(() => readStandInFlags(['--webhooks', 'maybe']), usage(/--webhooks maybe/));
  assert.throws(() => readStandInFlags(['--webhook-early', 'x']), usage(/--webhook-early x/));
  assert.throws(() => readStandInFlags(['--concurrency', '-2']), usage(/concurrency/));
  assert.throws(() => readFault('zip=1,color=red'), usage(/color|behind the name/));
});

test('the command serves, and ends with the books at SIGTERM', { timeout: 60_000 }, async () => {
  const command = join(import.meta.dirname, '../fal-stand-in.mjs');
  const child = spawn(process.execPath, [command, '--key', 'k', '--duration', '5'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  /** @type {string[]} */
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    const [, origin] = /^fal stand-in on (\S+) — FAL_KEY=k FAL_ORIGIN=\1 npm start$/.exec(line) ?? [];
    if (origin === undefined) continue;
    const answer = await fetch(`${origin}/queue.fal.run/fal-ai/trellis`, {
      method: 'POST',
      headers: { authorization: 'Key k' },
      body: JSON.stringify({ image_url: 'https://example.com/a.jpg' }),
    });
    assert.equal(answer.status, 200);
    child.kill('SIGTERM');
  }
  assert.equal(await ended, 0);
  assert.match(lines.at(-1) ?? '', /^1 jobs accepted, \d finished, 1 billed, at most 1 for one image$/);
});
