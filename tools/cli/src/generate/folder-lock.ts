import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

const holderSchema = z.object({ pid: z.int().positive(), host: z.string() });

/**
 * Keeps a second run out of the same folder: two would send the same photos twice. One whose holder died is taken over.
 * @returns what gives it back. @throws CliError while another run has it
 */
export function lockFolder(out: string): () => void {
  const path = join(out, '.i2m', 'lock');
  mkdirSync(join(out, '.i2m'), { recursive: true });
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const holder = readHolder(path);
      if (holder !== null && isAlive(holder)) throw inUse(path, holder);
      rmSync(path, { force: true });
    }
  }
  throw inUse(path, { pid: 0, host: hostname() });
}

function readHolder(path: string): z.output<typeof holderSchema> | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // half-written by a run that was killed, or just gone
    return null;
  }
}

function isAlive({ pid, host }: z.output<typeof holderSchema>): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const inUse = (path: string, { pid, host }: { pid: number; host: string }): CliError =>
  new CliError(exitCodes.usage, `Another run works in this folder (process ${pid} on ${host}).`, {
    hint: `Wait for it, or use another --out. If that process is something else, remove ${path}.`,
  });
