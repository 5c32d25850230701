import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repoRoot } from '../repo-root.js';
import { freePorts } from './free-ports.js';

const setUpTools = join(repoRoot(), 'tools/dev/processes/free-ports.mjs');
const drawing = (count: number): string =>
  `import(${JSON.stringify(setUpTools)}).then(async ({ freePorts }) => console.log(JSON.stringify(await freePorts(${count}))))`;

test('ports that were given are not given again, though nobody listens yet', async () => {
  const drawn: number[] = [];
  // without a mark at each, some 7 of so many would be the same
  for (let turn = 0; turn < 40; turn += 1) drawn.push(...(await freePorts(10)));
  expect(new Set(drawn).size).toBe(400);
});

test('a port that another process was given is not given again while it lives', async () => {
  const other = spawn(process.execPath, ['-e', `${drawing(300)}; setInterval(() => {}, 1_000)`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(other.stdout, 'data')) as [Buffer];
    const theirs = new Set(JSON.parse(String(line)) as number[]);
    expect(theirs.size).toBe(300);
    const ours = await freePorts(300);
    expect(ours.filter((port) => theirs.has(port))).toEqual([]);
  } finally {
    other.kill('SIGKILL');
  }
});

test('the mark keeps no process alive, and the port can be listened on', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', drawing(1)], { timeout: 20_000 });
  expect(JSON.parse(stdout)).toHaveLength(1);
  const [port = 0] = await freePorts(1);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
});
