import type { OpsWorker } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { defineRoute, type Route } from '../domain/route.js';
import { unknownName } from '../domain/unknown-name.js';
import { workerView } from '../domain/worker-view.js';

export interface WorkerReading {
  fleet: Pick<Progress['fleet'], 'heartbeats' | 'abouts'>;
}

/** Every live process of the system: what it does, what it may do, how it is. */
export const listWorkers = (parts: WorkerReading): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/workers',
    async handle() {
      return { status: 200, json: { data: await readWorkers(parts), next_cursor: null } };
    },
  });

export const getWorker = (parts: WorkerReading): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/workers/{id}',
    async handle({ params }) {
      return { status: 200, json: await readWorker(parts, params['id'] ?? '') };
    },
  });

/** @throws HttpProblem 404 that names the live ones */
export async function readWorker(parts: WorkerReading, id: string): Promise<OpsWorker> {
  const all = await readWorkers(parts);
  const worker = all.find((one) => one.id === id);
  if (worker !== undefined) return worker;
  throw unknownName(
    'worker',
    id,
    all.map((one) => one.id),
  );
}

/** By service, then by age. */
async function readWorkers({ fleet }: WorkerReading): Promise<OpsWorker[]> {
  const [beats, abouts] = await Promise.all([fleet.heartbeats(), fleet.abouts()]);
  return beats
    .flatMap((beat) => workerView(beat, abouts.get(beat.instance)))
    .sort((a, b) => a.service.localeCompare(b.service) || a.started_at.localeCompare(b.started_at));
}
