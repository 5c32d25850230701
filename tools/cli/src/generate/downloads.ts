import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { batchPath } from '../api/batches-api.js';
import { hashFile } from './hash-file.js';
import { saveModel, WrongBytes } from './save-model.js';
import type { Session } from './session.js';
import type { Entry } from './state.js';

/** Fetches models as soon as they are there. */
export interface Downloads {
  /** Has the model of a completed entry fetched, once. */
  want(entry: Entry): void;
  /** Until all that was wanted is fetched. @throws the first failure that no repeat mends */
  idle(): Promise<void>;
  /** Entries whose model could not be had, and why. */
  readonly failed: Map<Entry, string>;
}

const atOnce = 4;
const mostTries = 3;

export function createDownloads(session: Session): Downloads {
  const wanted = new Set<Entry>();
  const queue: Entry[] = [];
  const failed = new Map<Entry, string>();
  let working = 0;
  let fatal: { error: unknown } | undefined;
  let wake = (): void => undefined;
  const work = async (): Promise<void> => {
    working += 1;
    for (let entry = queue.shift(); entry !== undefined && fatal === undefined; entry = queue.shift()) {
      try {
        await fetchModel(session, entry);
      } catch (error) {
        if (error instanceof WrongBytes) failed.set(entry, error.message);
        else fatal ??= { error };
      }
    }
    working -= 1;
    wake();
  };
  return {
    failed,
    want: (entry) => {
      if (entry.saved || entry.model === null || wanted.has(entry)) return;
      wanted.add(entry);
      queue.push(entry);
      if (working < atOnce) void work();
    },
    idle: async () => {
      while (working > 0 && fatal === undefined) await new Promise<void>((resolve) => (wake = resolve));
      if (fatal !== undefined) throw fatal.error;
    },
  };
}

async function fetchModel(session: Session, entry: Entry): Promise<void> {
  const { api, state, out, file, patience, detached } = session;
  const { model } = entry;
  const id = state.sends.find(({ key }) => key === entry.send)?.batch_id;
  if (model === null || id === undefined || id === null) return;
  const target = join(out, entry.path);
  for (let tries = 1; !(await isThere(target, model)); tries += 1) {
    try {
      await saveModel(api, `${batchPath(id)}/files/${entry.idx}/model`, target, {
        ...model,
        signal: detached,
        patience,
      });
    } catch (error) {
      if (!(error instanceof WrongBytes) || tries >= mostTries) throw error;
    }
  }
  entry.saved = true;
  file.saveSoon(state);
}

/** A run that was killed may have put it there without noting it. */
async function isThere(
  target: string,
  { bytes, sha256 }: { bytes: number; sha256: string },
): Promise<boolean> {
  return existsSync(target) && statSync(target).size === bytes && (await hashFile(target)) === sha256;
}
