import type { AuditCheck } from '@image2model/contracts';
import type { BatchRecord, BatchSnapshot, Progress, StoredConclusion } from '@image2model/progress';
import { Findings } from '../domain/findings.js';
import { createSlots } from '../domain/slots.js';
import { checkModel, type ArtefactReader } from './check-model.js';

interface Parts {
  audits: Pick<Progress['audits'], 'conclusions'>;
  storage: ArtefactReader;
  signal: AbortSignal;
}

const filesPerRead = 500;
/** Models of one audit that are read at a time. */
const readsAtOnce = 2;

/** Every settled file has what its state promises: a result that can be read, and the very bytes of its model. */
export async function checkFiles(
  parts: Parts,
  batch: BatchRecord,
  { states }: BatchSnapshot,
): Promise<[results: AuditCheck, artefacts: AuditCheck]> {
  const results = new Findings();
  const artefacts = new Findings();
  const slots = createSlots(readsAtOnce);
  let settled = 0;
  let models = 0;
  let bytes = 0;
  for (let from = 0; from < states.length; from += filesPerRead) {
    const files = states
      .slice(from, from + filesPerRead)
      .flatMap((state, at) => (isSettled(state) ? [{ idx: from + at, state }] : []));
    const found = await parts.audits.conclusions(
      batch.id,
      files.map(({ idx }) => idx),
    );
    const read = files.map(async ({ idx, state }, at) => {
      const stored = found[at] ?? { outcome: null, model: null, error: null, broken: true };
      const wrong = wrongResult(state, stored, batch.provider);
      if (wrong !== null) results.add(`file ${idx}: ${wrong}`);
      const { model } = stored;
      if (model === null) return;
      models += 1;
      bytes += model.bytes;
      const off = await slots.run(() =>
        checkModel(parts.storage, { batchId: batch.id, idx, model }, parts.signal),
      );
      if (off !== null) artefacts.add(`file ${idx}: ${off}`);
    });
    settled += files.length;
    await allEnded(read);
  }
  return [
    results.check('results', `${settled} settled files have the results of their states`),
    artefacts.check('artefacts', `${models} models, ${bytes} bytes read: sizes, checksums and sidecars`),
  ];
}

const isSettled = (state: string | undefined): state is 'completed' | 'failed' | 'cancelled' =>
  state === 'completed' || state === 'failed' || state === 'cancelled';

/** A file may be cancelled before any attempt, and then has no conclusion. */
function wrongResult(state: string, stored: StoredConclusion, provider: string): string | null {
  const { outcome, model, error, broken } = stored;
  if (outcome !== state && !(state === 'cancelled' && outcome === null))
    return `is ${state} and was concluded as ${outcome ?? 'nothing'}`;
  if (broken) return 'its result cannot be read';
  if (state === 'failed' && error === null) return 'has no error';
  return state === 'completed' && model === null && provider !== 'noop' ? 'has no model' : null;
}

/** The first failure, when nothing of it is under way any more. */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}
