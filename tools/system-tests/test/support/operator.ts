import type { System } from '@image2model/testing';
import { waitFor } from '@image2model/testing';

/** A process as the ops API shows it. */
export interface Worker {
  id: string;
  service: string;
  state: string;
  pid: number;
  log_level: string;
  slots: number;
  config: Record<string, unknown>;
  stats: Record<string, unknown>;
  registered: { task: string; prefetch: number }[];
}

/** What a person on call does, over HTTP. */
export interface Operator {
  post(path: string, body?: unknown): Promise<void>;
  put(path: string, body: unknown): Promise<void>;
  workers(service: string): Promise<Worker[]>;
  /** The process that has this pid. */
  worker(pid: number): Promise<Worker | undefined>;
  /** Waits until a process says that it is in this state. */
  until(pid: number, state: string): Promise<void>;
}

export function operatorOf({ client }: Pick<System, 'client'>): Operator {
  const call = async (method: string, path: string, body: unknown): Promise<unknown> => {
    const init =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await client.request(method, `/v1/ops/${path}`, init);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const all = async (): Promise<Worker[]> =>
    ((await call('GET', 'workers', undefined)) as { data: Worker[] }).data;
  const worker = async (pid: number): Promise<Worker | undefined> =>
    (await all()).find((one) => one.pid === pid);
  return {
    worker,
    post: async (path, body) => void (await call('POST', path, body)),
    put: async (path, body) => void (await call('PUT', path, body)),
    workers: async (service) => (await all()).filter((one) => one.service === service),
    until: async (pid, state) => {
      await waitFor(async () => (await worker(pid))?.state === state, {
        timeoutMs: 15_000,
        what: `process ${pid} to be ${state}`,
      });
    },
  };
}
