import {
  startReceiver,
  startSystem,
  waitFor,
  watchEvents,
  type Receiver,
  type System,
} from '@image2model/testing';
import { pathOf, spansOf, type ReceivedSpan } from './support/spans.js';

let collector: Receiver;
beforeAll(async () => (collector = await startReceiver()));
afterAll(() => collector.close());

/** What a caller that traces by itself sends along. */
const traceId = '0af7651916cd43dd8448eb211c80319c';
const callersSpan = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${callersSpan}-01`;

const services = ['gateway', 'batch-orchestrator', 'model-worker'] as const;

async function createBatch(system: System, headers: Record<string, string>): Promise<string> {
  const body = JSON.stringify({ provider: 'noop', count: 3 });
  const { status, body: batch } = await system.client.request('POST', '/v1/batches', {
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  expect(status).toBe(202);
  const { id } = batch as { id: string };
  await system.client.waitForTerminal(id);
  return id;
}

const named = (name: string): ReceivedSpan[] =>
  spansOf(collector).filter((span) => span.traceId === traceId && span.name === name);

test('one trace leads from the HTTP request of a caller to every model, over RabbitMQ and Redis', async () => {
  const system = await startSystem({
    services,
    // nothing but what a caller asks for is sampled
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLE_RATIO: '0' },
  });
  const events = await watchEvents(system.amqpUrl);
  const batchId = await createBatch(system, { traceparent });
  const silentId = await createBatch(system, {});
  await waitFor(() => named('settle').length > 0 && named('conclude').length === 3);
  await waitFor(() => events.of('batch.completed', batchId).length > 0, { what: 'the completion' });
  await events.close();
  await system.stop();

  const spans = spansOf(collector);
  const ours = spans.filter((span) => span.traceId === traceId);
  const [request] = named('POST /v1/batches');
  expect(request).toMatchObject({
    service: 'gateway',
    parentSpanId: callersSpan,
    attributes: { 'http.request.method': 'POST', 'http.response.status_code': 202 },
  });
  const accepted = ['gateway: batch.accept', 'gateway: POST /v1/batches'];
  const taken = ['model-worker: process model.generate', 'batch-orchestrator: fan-out', ...accepted];
  const files = named('process model.generate');
  expect(files.map(({ attributes }) => attributes['image2model.file_idx']).sort()).toEqual([0, 1, 2]);
  for (const name of ['claim', 'generate by noop', 'conclude'])
    expect(named(name).map((span) => pathOf(span, ours))).toEqual(
      [1, 2, 3].map(() => [`model-worker: ${name}`, ...taken]),
    );
  const [settle] = named('settle');
  expect(settle === undefined ? [] : pathOf(settle, ours)).toEqual([
    'batch-orchestrator: settle',
    'batch-orchestrator: process file.settled',
    ...taken,
  ]);
  // what belongs to a batch that nobody wanted traced stays silent, in every process
  expect(spans.filter((span) => span.attributes['image2model.batch_id'] === silentId)).toEqual([]);

  const [completed] = events.of('batch.completed', batchId);
  expect(completed?.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  expect(system.logs()).toMatch(
    new RegExp(
      `"message":"request".*"batchId":"${batchId}".*"trace_id":"${traceId}","span_id":"[0-9a-f]{16}"`,
    ),
  );
});

test('with tracing off nothing is sent, and no message carries a trace', async () => {
  const sent = collector.requests.length;
  const system = await startSystem({ services });
  const events = await watchEvents(system.amqpUrl);
  const batchId = await createBatch(system, { traceparent });
  await waitFor(() => events.of('batch.completed', batchId).length > 0);
  await events.close();
  await system.stop();
  expect(events.of('file.settled', batchId)).not.toEqual([]);
  for (const event of events.events) expect(event).not.toHaveProperty('traceparent');
  expect(system.logs()).not.toMatch(/trace_id|tracing is on/);
  expect(collector.requests).toHaveLength(sent);
});
