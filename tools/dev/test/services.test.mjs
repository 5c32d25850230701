import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePorts, isPortFree } from '../processes/free-ports.mjs';
import { isConnectionStart } from '../servers/probe.mjs';
import { apiKeys, keysOf, newApiKey } from '../services/api-key.mjs';
import { nextDelayMs } from '../services/back-off.mjs';
import { followLog } from '../services/log-files.mjs';
import { terminalLine } from '../services/log-line.mjs';
import { webhookSecret } from '../services/webhook-secret.mjs';

test('back-off doubles from 0.5 s to 5 s, and starts anew after a good life', () => {
  const waits = [];
  for (let previousMs = null, i = 0; i < 6; i += 1)
    waits.push((previousMs = nextDelayMs({ previousMs, livedMs: 100 })));
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 5000, 5000]);
  assert.equal(nextDelayMs({ previousMs: 5000, livedMs: 5000 }), 500);
});

test('free ports differ, are free, and are not those that outgoing connections use', async () => {
  const ports = await freePorts(8);
  assert.equal(new Set(ports).size, 8);
  assert.ok(ports.every((port) => port >= 20_000 && port < 32_000));
  const server = createServer();
  await new Promise((resolve) => server.listen(ports[0], '127.0.0.1', () => resolve(null)));
  assert.equal(await isPortFree(ports[0] ?? 0), false);
  assert.equal(await isPortFree(ports[1] ?? 0), true);
  await new Promise((resolve) => server.close(resolve));
});

test('the API key is drawn once and kept private', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'api-key-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const given = process.env['I2M_API_KEYS'];
  delete process.env['I2M_API_KEYS'];
  t.after(() => given !== undefined && (process.env['I2M_API_KEYS'] = given));
  const first = apiKeys(dir);
  assert.match(first.keys[0] ?? '', /^i2m_[0-9a-f]{8}_[\w-]{43}$/);
  assert.deepEqual(apiKeys(dir), first);
  assert.equal(statSync(join(dir, 'api-key')).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(dir, 'api-key'), 'utf8'), `${first.list}\n`);
  process.env['I2M_API_KEYS'] = `acme:${newApiKey()}`;
  assert.match(apiKeys(dir).keys[0] ?? '', /^i2m_/);
  assert.deepEqual(keysOf('a:i2m_1, i2m_2,,'), ['i2m_1', 'i2m_2']);
});

test('the secret of webhooks is drawn once and kept private', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'webhook-secret-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const given = process.env['I2M_WEBHOOK_SECRET'];
  delete process.env['I2M_WEBHOOK_SECRET'];
  t.after(() => given !== undefined && (process.env['I2M_WEBHOOK_SECRET'] = given));
  const first = webhookSecret(dir);
  assert.ok(Buffer.byteLength(first) >= 32);
  assert.equal(webhookSecret(dir), first);
  assert.equal(statSync(join(dir, 'webhook-secret')).mode & 0o777, 0o600);
  process.env['I2M_WEBHOOK_SECRET'] = 'x'.repeat(32);
  t.after(() => delete process.env['I2M_WEBHOOK_SECRET']);
  assert.equal(webhookSecret(dir), 'x'.repeat(32));
});

test('only warnings and errors reach the terminal, in one line without control characters', () => {
  const line = (/** @type {object} */ value) => terminalLine(JSON.stringify(value));
  assert.equal(line({ level: 'info', message: 'a "warn" in the text' }), null);
  assert.equal(
    line({ level: 'warn', message: 'slow', batchId: 'bat_1', fileIdx: 0 }),
    'warn: slow (bat_1 file 0)',
  );
  assert.equal(line({ level: 'error', message: 'two\n\u001b[31mlines' }), 'error: two [31mlines');
  assert.equal(line({ level: 'warn', message: 'no', error: 'gone' }), 'warn: no: gone');
  assert.equal(line({ level: 'warn', message: 'no', error: { message: 'gone' } }), 'warn: no: gone');
  assert.ok((line({ level: 'error', message: 'x'.repeat(5000) }) ?? '').length < 420);
  assert.equal(terminalLine('{"level":"warn"'), null);
});

test('a log is followed by whole lines, across torn characters and a fresh file', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'log-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'a.log');
  const bytes = Buffer.from('old\nfür\n');
  writeFileSync(file, bytes.subarray(0, 6));
  const log = followLog(file, 4);
  assert.deepEqual(log.readLines(), []);
  writeFileSync(file, bytes);
  assert.deepEqual(log.readLines(), ['für']);
  writeFileSync(file, 'new\n');
  assert.deepEqual(log.readLines(), ['new']);
});

test('a broker is known by its first frame', () => {
  assert.equal(isConnectionStart(Buffer.from('01000000000002000a001e0009', 'hex')), false);
  assert.equal(isConnectionStart(Buffer.from('01000000000002000a000a0009', 'hex')), true);
  assert.equal(isConnectionStart(Buffer.from('HTTP/1.1 400 Bad', 'latin1')), false);
  assert.equal(isConnectionStart(Buffer.alloc(3)), false);
});
