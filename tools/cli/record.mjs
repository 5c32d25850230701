#!/usr/bin/env node
// Draws docs/i2m-generate.svg: what `i2m generate samples/` shows on a real terminal, as an animated picture.
//   npm start                      (in another terminal)
//   node tools/cli/record.mjs
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../dev/processes/paths.mjs';
import { drawFrames } from './command/draw-frames.mjs';
import { createTerminal } from './command/terminal.mjs';

const size = { columns: 100, rows: 10 };
const typed = 'npx i2m generate samples/ --out models';
const out = mkdtempSync(join(tmpdir(), 'i2m-record-'));
const command = `stty cols ${size.columns} rows ${size.rows}; exec node tools/cli/i2m.mjs generate samples/ --out ${out}`;

const terminal = createTerminal(size);
/** @type {{ atMs: number, lines: import('./command/terminal.mjs').Run[][] }[]} */
const frames = [];
const shoot = (/** @type {number} */ atMs) => {
  const lines = terminal.lines();
  const last = frames.at(-1);
  if (last === undefined || JSON.stringify(last.lines) !== JSON.stringify(lines))
    frames.push({ atMs, lines });
};

terminal.write(`$ ${typed}\r\n`);
shoot(0);
const startedAt = performance.now();
const child = spawn('script', ['-qfec', command, '/dev/null'], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, TERM: 'xterm-256color', FORCE_COLOR: '1' },
});
child.stdout.setEncoding('utf8').on('data', (text) => terminal.write(text.replaceAll(out, 'models')));
const timer = setInterval(() => shoot(performance.now() - startedAt), 200);
child.once('close', (code) => {
  clearInterval(timer);
  shoot(performance.now() - startedAt);
  rmSync(out, { recursive: true });
  if (code !== 0) {
    console.error(`the command ended with ${code}; is a system running (npm start)?`);
    process.exit(1);
  }
  const file = join(root, 'docs/i2m-generate.svg');
  writeFileSync(file, drawFrames(frames, size));
  console.log(`${file}: ${frames.length} frames`);
});
