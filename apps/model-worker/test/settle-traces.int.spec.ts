import { randomBytes } from 'node:crypto';
import { connectBroker } from '@image2model/broker';
import { newBatchId } from '@image2model/contracts';
import { createLogger, inSpan, startTracing } from '@image2model/service-kit';
import {
  closingAfterAll,
  createVhost,
  startReceiver,
  waitFor,
  watchEvents,
  type EventWatcher,
  type WatchedEvent,
} from '@image2model/testing';
import { createSettlePublisher } from '../src/adapters/settle-publisher.js';

/** The files of one message come from different traces; it belongs to one that somebody wants to see. */
const closing = closingAfterAll();
let settle: ReturnType<typeof createSettlePublisher>;
let events: EventWatcher;
beforeAll(async () => {
  const collector = closing(await startReceiver());
  const logger = createLogger({ service: 'model-worker', instance: 'spec', level: 'error' });
  const tracing = await startTracing(
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: {},
      OTEL_TRACES_SAMPLE_RATIO: 0,
    },
    { service: 'model-worker', instance: 'spec', version: '0', logger },
  );
  if (tracing !== undefined) closing(tracing);
  const vhost = closing(await createVhost());
  const broker = closing(await connectBroker({ url: vhost.url, service: 'spec', logger }));
  events = closing(await watchEvents(vhost.url));
  settle = createSettlePublisher(broker);
});

const newTrace = (): string => randomBytes(16).toString('hex');
/** As the handler of a file's message does, whose caller wants it traced or not. */
const settleIn = (trace: string, sampled: boolean, batchId: string, idx: number): Promise<true> =>
  inSpan({ name: 'generate', parent: `00-${trace}-${'1'.repeat(16)}-${sampled ? '01' : '00'}` }, () =>
    settle(batchId, idx),
  );
const told = (batchId: string, files: number[]): Promise<WatchedEvent> =>
  waitFor(
    () =>
      events
        .of('file.settled', batchId)
        .find(({ payload }) => JSON.stringify(payload['files']) === JSON.stringify(files)),
    { what: `files ${files.join()} of ${batchId} in one message` },
  );

test.each([
  ['first', [true, false, false]],
  ['in the middle', [false, true, false]],
  ['last', [false, false, true]],
])('file.settled belongs to the trace of the file that is sampled, be it %s', async (_where, sampled) => {
  const [batchId, other] = [newBatchId(), newBatchId()];
  const traces = sampled.map(newTrace);
  const wanted = traces[sampled.indexOf(true)];
  const elsewhere = newTrace();
  await Promise.all([
    settleIn(elsewhere, true, other, 0),
    ...sampled.map((each, idx) => settleIn(traces[idx] ?? '', each, batchId, idx)),
  ]);
  expect((await told(batchId, [0, 1, 2])).traceparent).toMatch(new RegExp(`^00-${wanted}-[0-9a-f]{16}-01$`));
  expect((await told(other, [0])).traceparent).toContain(elsewhere);

  // the next message of the batch has nothing to do with it, nor with what else is told at that moment
  const next = newTrace();
  await Promise.all([settleIn(elsewhere, true, other, 1), settleIn(next, false, batchId, 3)]);
  expect((await told(batchId, [3])).traceparent).toMatch(new RegExp(`^00-${next}-[0-9a-f]{16}-00$`));
});
