import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';

const patienceMs = 2_000;
/** Replies come within so long of one another. */
const quietMs = 60;

/** One command to a Redis or a Sentinel on loopback. @returns its reply as it was sent @throws when it does not answer */
export function askRedisAt(port: number, command: readonly string[], ca?: string): Promise<string> {
  const words = command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
  return new Promise((resolve, reject) => {
    const target = { port, host: '127.0.0.1' };
    const socket = ca === undefined ? connectTcp(target) : connectTls({ ...target, ca: readFileSync(ca) });
    let text = '';
    const end = (error?: Error): void => {
      clearTimeout(patience);
      socket.destroy();
      if (error !== undefined || text === '') reject(error ?? new Error(`port ${port} said nothing`));
      else resolve(text);
    };
    const patience = setTimeout(() => end(new Error(`port ${port} did not answer`)), patienceMs);
    socket.on('error', end);
    socket.on('close', () => end());
    let quiet: NodeJS.Timeout | undefined;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(() => end(), quietMs);
    });
    socket.write(`*${command.length}\r\n${words}`);
  });
}
