import { waitFor, type AppProcess } from '@image2model/testing';
import { jobsOf, type PaidJob } from './paid-jobs.js';
import type { Rig } from './rig.js';
import type { WatchedBatch } from './watched-batch.js';

const priceMicro = 300_000;
/** Longer than a slot of a dead worker may stand empty: 15 s until it is looked at, 10 s between looks. */
const tidiedMs = 70_000;

interface PaidFile {
  idx: number;
  status: string;
  generation: { request_id: string | null };
}

/** Everything that is wrong with the money of a batch at rest; nothing for one that is not paid. */
export async function wrongMoney(
  rig: Rig,
  { id }: WatchedBatch,
  view: Readonly<Record<string, unknown>>,
  files: readonly PaidFile[],
): Promise<string[]> {
  if (view['provider'] !== 'fal') return [];
  const jobs = jobsOf(rig.fal, id);
  return [
    ...files.flatMap((file) =>
      wrongJobs(
        file,
        jobs.filter(({ idx }) => idx === file.idx),
      ),
    ),
    ...(await wrongBooks(rig, id, files, jobs)),
    ...(await wrongAudit(rig, id)),
  ];
}

/** One that its runner ended without charging may be followed by another; nothing else may. */
function wrongJobs({ idx, status, generation }: PaidFile, all: readonly PaidJob[]): string[] {
  const jobs = all.filter(({ fault }) => fault !== 'runner_error');
  const wrong: string[] = [];
  if (jobs.length > 1) wrong.push(`file ${idx} has ${jobs.length} jobs at fal`);
  if (status === 'completed' && jobs[0]?.request_id !== generation.request_id)
    wrong.push(
      `file ${idx} is of request ${String(generation.request_id)}, fal has ${String(jobs[0]?.request_id)}`,
    );
  return wrong;
}

async function wrongBooks(
  { redis }: Rig,
  id: string,
  files: readonly PaidFile[],
  jobs: readonly PaidJob[],
): Promise<string[]> {
  const kept = (await redis('HMGET', `i2m:{${id}}:b`, 'spent', 'reserved')) as (string | null)[];
  const [spent = 0, reserved = 0] = kept.map(Number);
  const billed = priceMicro * jobs.filter((job) => job.billed).length;
  const exact = files.every(({ status }) => status === 'completed');
  return [
    ...(reserved === 0 ? [] : [`${reserved} reserved`]),
    ...((exact ? spent === billed : spent >= billed) ? [] : [`${spent} spent, fal charges ${billed}`]),
  ];
}

async function wrongAudit({ client }: Rig, id: string): Promise<string[]> {
  const { body } = await client.request('GET', `/v1/batches/${id}/audit`);
  const { ok, checks } = body as { ok?: boolean; checks?: { ok: boolean }[] };
  if (ok === true) return [];
  return [`audit: ${JSON.stringify(checks?.filter((check) => !check.ok) ?? body)}`];
}

/** Images that a process submitted once more without knowing what became of the first submit. */
export async function doubleCharges(apps: readonly AppProcess[]): Promise<string[]> {
  const found = await Promise.all(apps.filter(({ name }) => name === 'model-worker').map(metricsOf));
  return found.flatMap((text) => {
    const counts = text.match(/^image2model_(possible_double_charge|extra_submits)_total\S* [1-9]\d*$/gm);
    return counts ?? [];
  });
}

/** @returns nothing of a process that ends: one that was told to stop may close its port at any moment */
async function metricsOf(app: AppProcess): Promise<string> {
  if (app.exit !== undefined) return '';
  try {
    return await (await fetch(`${app.adminUrl}/metrics`)).text();
  } catch (error) {
    await waitFor(() => app.exit !== undefined, { what: `its end, as ${String(error)}` });
    return '';
  }
}

/** Slots at fal that nobody gave back. They may outlive their worker by the time of who looks after them. */
export async function wrongSlots({ redis }: Rig): Promise<string[]> {
  let taken: string[] = [];
  const free = async (): Promise<boolean> => {
    const keys = (await redis('KEYS', 'i2m:{provider:*}:slots')) as string[];
    const slots = await Promise.all(keys.map(async (key) => (await redis('HGETALL', key)) as string[]));
    taken = slots.flat();
    return taken.length === 0;
  };
  await waitFor(free, { timeoutMs: tidiedMs, everyMs: 1_000 }).catch(() => undefined);
  return taken.length === 0 ? [] : [`slots at fal are still taken: ${taken.join(' ')}`];
}
