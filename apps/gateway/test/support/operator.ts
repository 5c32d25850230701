import {
  opsQueueListSchema,
  opsWorkerListSchema,
  type OpsQueue,
  type OpsWorker,
} from '@image2model/contracts';
import { readEvents, type Answer, type SseEvent, type System } from '@image2model/testing';

/** What a spec does with the API of operators. */
export interface Operator {
  /** @param path below /v1/ops/ */
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  /** @throws unless the answer is 200 */
  get(path: string): Promise<unknown>;
  workers(service: string): Promise<OpsWorker[]>;
  queue(name: string): Promise<OpsQueue | undefined>;
  /** Reads events until `enough` says so, or 30 s have passed. */
  events(
    query: string,
    enough: (events: readonly SseEvent[]) => boolean,
    lastEventId?: string,
  ): Promise<SseEvent[]>;
}

const patienceMs = 30_000;

export function createOperator({ client, gatewayUrl, apiKey }: System): Operator {
  const ask: Operator['ask'] = (method, path, body) =>
    client.request(method, `/v1/ops/${path}`, {
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const get: Operator['get'] = async (path) => {
    const { status, body } = await ask('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  return {
    ask,
    get,
    workers: async (service) =>
      opsWorkerListSchema.parse(await get('workers')).data.filter((worker) => worker.service === service),
    queue: async (wanted) =>
      opsQueueListSchema.parse(await get('queues')).data.find(({ name }) => name === wanted),
    events: async (query, enough, lastEventId) => {
      const events: SseEvent[] = [];
      const stop = new AbortController();
      const late = setTimeout(() => stop.abort(), patienceMs);
      const options = { url: `${gatewayUrl}/v1/ops/events${query}`, apiKey, lastEventId };
      for await (const event of readEvents({ ...options, signal: stop.signal })) {
        events.push(event);
        if (enough(events)) stop.abort();
      }
      clearTimeout(late);
      return events;
    },
  };
}
