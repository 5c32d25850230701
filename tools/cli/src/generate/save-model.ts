import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ApiClient } from '../api/api-client.js';
import { patiently, type Patience } from '../api/patience.js';
import { Unreachable } from '../api/unreachable.js';

/** What came is not what the gateway said there was. */
export class WrongBytes extends Error {
  override readonly name = 'WrongBytes';
}

interface Expected {
  sha256: string;
  signal?: AbortSignal;
  patience: Patience;
}

/**
 * Puts a model in its place in one step: written beside it, made durable, checked and renamed. So a name that is there
 * is a whole model. @throws WrongBytes when the checksum is another one, ApiProblem, Unreachable
 */
export async function saveModel(
  api: ApiClient,
  path: string,
  target: string,
  { sha256, signal, patience }: Expected,
): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.part`;
  try {
    const got = await patiently({ ...patience, signal }, () => receive(api, path, temporary, signal));
    if (got !== sha256)
      throw new WrongBytes(
        `the model that came has checksum ${got.slice(0, 12)}…, not ${sha256.slice(0, 12)}…`,
      );
    await rename(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

async function receive(
  api: ApiClient,
  path: string,
  temporary: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { body } = await api.send(path, { signal });
  const hash = createHash('sha256');
  const file = await open(temporary, 'w');
  try {
    for await (const chunk of body ?? []) {
      hash.update(chunk);
      await file.write(chunk);
    }
    await file.sync();
  } catch (error) {
    signal?.throwIfAborted();
    // fetch's word for a line that broke half-way
    if (error instanceof TypeError) throw new Unreachable(api.connection.url + path, error);
    throw error;
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
