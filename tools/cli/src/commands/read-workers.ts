import { opsWorkerListSchema, type OpsWorker } from '@image2model/contracts';
import { z } from 'zod';
import type { Context } from '../context.js';

/** For commands about processes. */
export const serviceFlag = ['--service <name>', 'only processes of this service'] as const;
export const serviceOption = { service: z.string().optional() };

/** The live processes, all or those of a service. */
export async function readWorkers(context: Context, service?: string): Promise<OpsWorker[]> {
  const { data } = await context.ops().get('workers', opsWorkerListSchema);
  return data.filter((worker) => service === undefined || worker.service === service);
}

/** What is said when there is no such process. */
export const noWorker = 'No process of this kind is alive; `i2m doctor` looks why.';
