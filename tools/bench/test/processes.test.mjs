import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { processIdentity } from '../../dev/processes/identity.mjs';
import { startMeter } from '../measure/meter.mjs';
import { cpuSeconds, familyOf, residentMb, resetPeak } from '../measure/proc.mjs';
import { startScript } from '../processes/line-process.mjs';

const serveLines = new URL('../processes/serve-lines.mjs', import.meta.url);
const code = `import { spawn } from 'node:child_process';
import { serveLines, settingsOf } from '${serveLines}';
const kept = [];
serveLines({
  settings: () => settingsOf(),
  fail: () => Promise.reject(new Error('no such thing')),
  leave: () => process.exit(3),
  hang: () => new Promise(() => {}),
  work: ({ cpuMs }) => {
    const until = process.cpuUsage().user + cpuMs * 1000;
    while (process.cpuUsage().user < until);
  },
  grow: ({ mb }) => void kept.push(Buffer.alloc(mb * 1e6, 1)),
  child: () => spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' }).pid,
});`;

/** @param {import('node:test').TestContext} t @param {AbortSignal} [signal] */
function start(t, signal = new AbortController().signal) {
  const dir = mkdtempSync(join(tmpdir(), 'bench-test-'));
  writeFileSync(join(dir, 'script.mjs'), code);
  const script = startScript(
    join(dir, 'script.mjs'),
    { some: 'settings' },
    { logFile: join(dir, 'log'), signal },
  );
  t.after(async () => {
    await script.stop();
    rmSync(dir, { recursive: true });
  });
  return script;
}

test('a script answers, says what fails, and goes when it is told to', async (t) => {
  const script = start(t);
  assert.deepEqual(await script.call('settings'), { some: 'settings' });
  await assert.rejects(script.call('fail'), /script\.mjs: no such thing/);
  assert.notEqual(processIdentity(script.pid), null);
  await script.stop();
  assert.equal(processIdentity(script.pid), null);
});

test('a script that ends, is late or no longer wanted keeps nobody waiting', async (t) => {
  await assert.rejects(start(t).call('leave'), /script\.mjs ended \(code 3\)/);
  await assert.rejects(start(t).call('hang', {}, 300), { name: 'TimeoutError' });
  const stopping = new AbortController();
  const unwanted = start(t, stopping.signal);
  const call = unwanted.call('hang');
  stopping.abort(new Error('stopped'));
  await assert.rejects(call, /stopped/);
});

test('the meter sees CPU time and peak memory of a process and its children', async (t) => {
  const script = start(t);
  await script.call('settings');
  const child = await script.call('child');
  assert.deepEqual(new Set(familyOf([script.pid])), new Set([script.pid, child]));
  const before = residentMb([script.pid], 'VmRSS');
  const meter = startMeter({ worker: [script.pid] });
  await script.call('work', { cpuMs: 200 });
  await script.call('grow', { mb: 80 });
  const { cpuS, peakMb, othersCpus } = await meter.stop();
  assert.ok((cpuS['worker'] ?? 0) >= 0.19, `${cpuS['worker']} s`);
  assert.ok((peakMb['worker'] ?? 0) >= before + 79, `${peakMb['worker']} MB after ${before}`);
  // its own work is not that of others: the processors it used are free to them, and no more
  assert.ok(othersCpus <= availableParallelism() + 0.1, `${othersCpus} processors`);
});

test('processes that are gone count for nothing', () => {
  const none = [2 ** 22 + 1];
  resetPeak(none);
  assert.equal(cpuSeconds(none), 0);
  assert.equal(residentMb(none, 'VmRSS'), 0);
});
