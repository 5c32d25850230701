import { join } from 'node:path';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import type { Skipped } from './find-sources.js';
import type { Entry, State } from './state.js';
import { writeDurably } from './write-durably.js';

/** One photo and what became of it, as manifest.json and --json tell it. */
export interface ManifestRow {
  source: string;
  path: string | null;
  status: Entry['status'];
  batch_id: string | null;
  idx: number;
  sha256: string | null;
  bytes: number | null;
  faces: number | null;
  attempts: number;
  cost_usd: number;
  error: Entry['error'];
}

export function manifestRow({ sends }: State, entry: Entry): ManifestRow {
  const { source, path, status, send, idx, model, attempts, cost_usd, error, saved } = entry;
  return {
    source,
    path: saved && model !== null ? path : null,
    status,
    batch_id: sends.find(({ key }) => key === send)?.batch_id ?? null,
    idx,
    sha256: model?.sha256 ?? null,
    bytes: model?.bytes ?? null,
    faces: model?.faces ?? null,
    attempts,
    cost_usd,
    error,
  };
}

/** Writes what is in the folder, of all runs, beside the models. */
export function writeManifest(out: string, state: State): void {
  const batches = state.sends.flatMap(({ batch_id, name, run }) =>
    batch_id === null ? [] : [{ id: batch_id, name, run }],
  );
  const manifest = {
    written_at: new Date().toISOString(),
    gateway: state.url,
    settings: state.wishes,
    batches,
    files: state.files.map((entry) => manifestRow(state, entry)),
  };
  writeDurably(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The end of a run, for programs. */
export interface GenerateResult {
  out: string;
  gateway: string;
  batches: string[];
  files: ManifestRow[];
  skipped: Skipped[];
  cost_usd: number;
}

/** Whether every photo of the run has its model here. */
export const exitCodeOf = (scope: Iterable<Entry>): ExitCode =>
  [...scope].every(({ status, saved }) => status === 'completed' && saved)
    ? exitCodes.ok
    : exitCodes.workFailed;
