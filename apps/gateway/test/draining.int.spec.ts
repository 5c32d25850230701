import { pathToFileURL } from 'node:url';
import { opsWorkerListSchema } from '@image2model/contracts';
import {
  closingAfterAll,
  createClient,
  freePorts,
  parseEvents,
  readEvents,
  startApp,
  waitFor,
  type AppProcess,
  type SseEvent,
} from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { createOperator, type Operator } from './support/operator.js';
import { createStandInWorker, type StandInWorker } from './support/stand-in-worker.js';

/** Two gateways of one installation: the one that is told to drain, and the one that tells it. */
const closing = closingAfterAll();
let first: GatewayUnderTest;
let leaving: AppProcess;
let second: { gatewayUrl: string; operator: Operator };
let worker: StandInWorker;
beforeAll(async () => {
  first = await startGateway();
  closing({ close: () => first.stop() });
  const [port = 0, adminPort = 0] = await freePorts(2);
  const env = {
    ...{ AMQP_URL: first.amqpUrl, REDIS_URL: first.redisUrl, HOST: '127.0.0.1', PORT: String(port) },
    ...{ STORAGE_URL: pathToFileURL(first.storageDir).href, I2M_API_KEYS: `acme:${first.apiKey}` },
    I2M_NOOP_MS: '0',
  };
  const staying = startApp({ name: 'gateway', adminPort, env });
  closing({ close: () => staying.kill('SIGTERM') });
  await staying.waitReady();
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const client = createClient(gatewayUrl, first.apiKey);
  second = { gatewayUrl, operator: createOperator({ ...first, gatewayUrl, client }) };
  worker = closing(await createStandInWorker(first));
  [leaving] = first.processes('gateway') as [AppProcess];
});

/** The gateway that is told, as its colleague sees it. */
const shown = async (): Promise<{ id: string; state: string }> => {
  const found = await waitFor(
    async () =>
      opsWorkerListSchema
        .parse(await second.operator.get('workers'))
        .data.find(({ pid }) => pid === leaving.pid),
    { what: 'the gateway in the ops API' },
  );
  return found;
};
async function drain(then: 'idle' | 'restart'): Promise<void> {
  const { id } = await shown();
  expect(await second.operator.ask('POST', `workers/${id}/drain`, { confirm: id, then })).toMatchObject({
    status: 202,
  });
}
const facts = (events: readonly SseEvent[]): SseEvent[] => events.filter(({ id }) => id !== undefined);

/** What a client has of a stream: its events, and how it ended. */
function listen(path: string): { seen: SseEvent[]; ended: Promise<string> } {
  const seen: SseEvent[] = [];
  const read = async (): Promise<string> => {
    const { body } = await fetch(`${first.gatewayUrl}${path}`, {
      headers: { authorization: `Bearer ${first.apiKey}` },
    });
    if (body === null) throw new Error(`${path} has no body`);
    const [events, bytes] = body.tee();
    const text = new Response(bytes).text();
    for await (const event of parseEvents(events)) seen.push(event);
    return text;
  };
  return { seen, ended: read() };
}

it('an idle gateway is not ready, so that nobody is sent to it, serves who comes all the same, and is ready again when it is resumed', async () => {
  const readyz = (): Promise<Response> => fetch(`${leaving.adminUrl}/readyz`);
  expect((await readyz()).status).toBe(200);
  await drain('idle');
  const unready = await waitFor(async () => {
    const answer = await readyz();
    return answer.status === 503 && answer;
  });
  expect(await unready.text()).toContain('taking');
  await waitFor(async () => (await shown()).state === 'drained');
  expect((await fetch(`${leaving.adminUrl}/livez`)).status).toBe(200);
  expect((await first.client.request('GET', '/v1/batches')).status).toBe(200);
  const { id } = await shown();
  expect((await second.operator.ask('POST', `workers/${id}/resume`)).status).toBe(202);
  await waitFor(async () => (await readyz()).status === 200, { what: 'the gateway to be ready again' });
});

it('a gateway that is drained says bye to its watchers; at another one they miss nothing and see nothing twice', async () => {
  const { id } = await first.client.createNoopBatch(6);
  const path = `/v1/batches/${id}/events`;
  const [batch, ops] = [listen(path), listen('/v1/ops/events')];
  await worker.complete(id, 0);
  await waitFor(() => facts(batch.seen).length === 2 && ops.seen.length > 0, { what: 'the first facts' });
  const leaver = await shown();
  await drain('restart');
  for (const idx of [1, 2]) await worker.complete(id, idx);
  for (const { ended } of [batch, ops]) expect(await ended).toMatch(/\n\n: bye\n\n$/);
  expect(batch.seen.at(-1)?.event).not.toBe('batch.completed');
  await waitFor(() => leaving.exit, { what: 'the end of the gateway' });
  expect(leaving.exit).toEqual({ code: 0, signal: null });
  await worker.complete(id, 3);

  const { gatewayUrl } = second;
  const onwards: SseEvent[] = [];
  const reading = (async () => {
    const lastEventId = facts(batch.seen).at(-1)?.id;
    for await (const event of readEvents({ url: gatewayUrl + path, apiKey: first.apiKey, lastEventId }))
      onwards.push(event);
  })();
  for (const idx of [4, 5]) await worker.complete(id, idx);
  await reading;
  const whole: SseEvent[] = [];
  for await (const event of readEvents({
    ...{ url: gatewayUrl + path, apiKey: first.apiKey, lastEventId: '0-0' },
  }))
    whole.push(event);
  expect(whole).toHaveLength(13);
  expect(facts([...batch.seen, ...onwards])).toEqual(facts(whole));

  const stopped = await second.operator.events(
    '',
    (events) => events.some(({ event, data }) => event === 'worker.stopped' && data['by'] === leaver.id),
    facts(ops.seen).at(-1)?.id,
  );
  expect(new Set([...ops.seen, ...stopped].map((event) => event.id)).size).toBe(
    ops.seen.length + stopped.length,
  );
});
