import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What Redis was asked in one database without batches, by command; scripts count with what they call. By MONITOR: the
 * server's own counters are those of all its databases. Its channels are too: a batch of another database makes this
 * one's services look for it, which is left out.
 */
export async function countCommands(redisUrl: string, ms: number): Promise<Map<string, number>> {
  const { hostname, port, pathname, password } = new URL(redisUrl);
  const database = pathname.slice(1);
  const socket = connect(Number(port), hostname);
  const counts = new Map<string, number>();
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // +1700000000.123456 [<database> <client or lua>] "command" …
      if (line.includes('{bat_')) continue;
      const [, of, command = ''] = /^\+[\d.]+ \[(\d+) [^\]]*\] "([^"]*)"/.exec(line) ?? [];
      if (of === database) counts.set(command.toLowerCase(), (counts.get(command.toLowerCase()) ?? 0) + 1);
    }
  });
  if (password !== '') socket.write(`AUTH ${decodeURIComponent(password)}\r\n`);
  socket.write('MONITOR\r\n');
  await sleep(ms);
  socket.destroy();
  return counts;
}
