import { readFileSync } from 'node:fs';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Sends a greeting and answers with the first bytes that come back; rejects when nothing does.
 * @param {{ url: URL, port: number, tls: boolean, greeting: Buffer | string, enough(reply: Buffer): boolean, timeoutMs?: number }} call
 * @returns {Promise<Buffer>}
 */
function ask({ url, port, tls, greeting, enough, timeoutMs = 2000 }) {
  // URL keeps the brackets of an IPv6 address, a socket wants none.
  const target = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || port };
  return new Promise((resolve, reject) => {
    const caFile = process.env['TLS_CA_FILE'];
    const trust = caFile === undefined || caFile === '' ? {} : { ca: readFileSync(caFile) };
    const name = isIP(target.host) === 0 ? { servername: target.host } : {};
    const socket = tls ? connectTls({ ...target, ...trust, ...name }) : connectTcp(target);
    let reply = Buffer.alloc(0);
    const finish = (/** @type {Error | null} */ error) => {
      clearTimeout(timer);
      socket.destroy();
      if (error === null) resolve(reply);
      else reject(error);
    };
    const timer = setTimeout(() => finish(new Error('no answer')), timeoutMs);
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(greeting));
    socket.on('data', (chunk) => {
      reply = Buffer.concat([reply, chunk]);
      if (enough(reply)) finish(null);
    });
    socket.once('error', finish);
    socket.once('close', () => finish(new Error('the connection was closed')));
  });
}

/**
 * Resolves when Redis or a Sentinel serves: any answer but -LOADING will do, for one that wants a password answers -NOAUTH.
 * @param {string} redisUrl
 */
export async function probeRedis(redisUrl) {
  const url = new URL(redisUrl);
  const reply = await ask({
    url,
    port: url.protocol.endsWith('+sentinel:') ? 26_379 : 6379,
    tls: url.protocol.startsWith('rediss'),
    greeting: 'PING\r\n',
    enough: (bytes) => bytes.includes('\r\n'),
  });
  const line = reply.toString('latin1').split('\r\n')[0] ?? '';
  if (!/^[+-]/.test(line) || line.startsWith('-LOADING'))
    throw new Error(`it answers "${line.slice(0, 80)}"`);
}

/**
 * Whether the bytes begin with the frame in which an AMQP 0-9-1 broker opens the talk: method frame of channel 0,
 * class 10 (connection), method 10 (start).
 * @param {Buffer} bytes
 */
export const isConnectionStart = (bytes) =>
  bytes.length >= 11 &&
  bytes.readUInt8(0) === 1 &&
  bytes.readUInt16BE(1) === 0 &&
  bytes.readUInt32BE(7) === 0x000a000a;

/**
 * Resolves when a broker speaks AMQP 0-9-1 there.
 * @param {string} amqpUrl
 */
export async function probeAmqp(amqpUrl) {
  const url = new URL(amqpUrl);
  const reply = await ask({
    url,
    port: url.protocol === 'amqps:' ? 5671 : 5672,
    tls: url.protocol === 'amqps:',
    greeting: Buffer.from('AMQP\0\0\x09\x01', 'latin1'),
    enough: (bytes) => bytes.length >= 11 || bytes.toString('latin1').startsWith('AMQP'),
  });
  if (!isConnectionStart(reply)) throw new Error('it does not speak AMQP 0-9-1');
}

/**
 * Resolves when the management API answers guest.
 * @param {string} apiUrl
 */
export async function probeManagement(apiUrl) {
  const { origin, username, password } = new URL(apiUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${origin}/api/whoami`, {
    headers: { authorization },
    signal: AbortSignal.timeout(2000),
  });
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
}

/**
 * Repeats a probe until it passes; false when `giveUp` says so or the time is over.
 * @param {() => Promise<void>} probe
 * @param {{ timeoutMs: number, signal?: AbortSignal, giveUp?: () => boolean }} options
 */
export async function waitFor(probe, { timeoutMs, signal, giveUp = () => false }) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      await probe();
      return true;
    } catch {
      if (giveUp() || performance.now() > deadline) return false;
    }
    // The abort's own reason is thrown above; that of sleep says only that there was one.
    await sleep(100, undefined, { signal }).catch(() => {});
  }
}
