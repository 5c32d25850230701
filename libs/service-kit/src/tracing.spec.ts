import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from './create-logger.js';
import { startTracing } from './start-tracing.js';
import { traced } from './traced.js';
import {
  currentTraceparent,
  inSpan,
  traceIds,
  tracer,
  unsampled,
  useTracer,
  type Tracer,
} from './tracing.js';

interface Sent {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status: { code: number; message?: string };
}

/** A collector: what was sent to it, and with which authorization. */
async function startCollector(): Promise<{ url: string; spans: Sent[]; keys: string[]; close(): void }> {
  const spans: Sent[] = [];
  const keys: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      keys.push(`${request.url} ${request.headers['authorization']}`);
      const body = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Sent[] }[] }[] };
      spans.push(...body.resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)));
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, spans, keys, close: () => server.close() };
}

class Counter {
  #count = 0;
  async add(by: number): Promise<number> {
    if (by < 0) throw new Error('never less');
    return (this.#count += by);
  }
  get count(): number {
    return this.#count;
  }
}

const lines: string[] = [];
const logger = createLogger({
  service: 's',
  instance: 'i',
  level: 'info',
  write: (line) => lines.push(line),
});
const about = { service: 'gateway', instance: 'i', version: '1', logger };

describe('without an endpoint', () => {
  it('does nothing: no span, no context, and objects stay what they are', async () => {
    const off = { OTEL_EXPORTER_OTLP_ENDPOINT: undefined, OTEL_EXPORTER_OTLP_HEADERS: {} };
    expect(await startTracing({ ...off, OTEL_TRACES_SAMPLE_RATIO: 1 }, about)).toBeUndefined();
    const counter = new Counter();
    expect(traced(counter, { add: 'add' })).toBe(counter);
    expect(inSpan({ name: 'x' }, () => [tracer(), currentTraceparent(), traceIds()])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('with an endpoint', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let tracing: Tracer | undefined;
  beforeEach(async () => {
    collector = await startCollector();
    tracing = await startTracing(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: { authorization: 'Bearer abc' },
        OTEL_TRACES_SAMPLE_RATIO: 1,
      },
      about,
    );
  });
  afterEach(async () => {
    await tracing?.close();
    useTracer(undefined);
    collector.close();
  });

  it('sends spans with their parents, over awaits and timers, and logs carry their ids', async () => {
    await inSpan({ name: 'outer', parent: null }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await inSpan({ name: 'inner' }, async () => logger.info('within'));
    });
    await tracing?.close();
    const [inner, outer] = collector.spans;
    expect(outer).toMatchObject({ name: 'outer' });
    expect(inner).toMatchObject({ name: 'inner', traceId: outer?.traceId, parentSpanId: outer?.spanId });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      trace_id: inner?.traceId,
      span_id: inner?.spanId,
    });
    expect(collector.keys).toEqual(['/v1/traces Bearer abc']);
  });

  it('goes on with a trace from outside, and takes what is none for a new one', async () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const within = inSpan({ name: 'a', parent }, () => currentTraceparent());
    expect(within).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    const fresh = inSpan({ name: 'b', parent: 'rubbish' }, () => currentTraceparent());
    expect(fresh).toMatch(/^00-(?!0af765)[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    inSpan({ name: 'unsaid', parent: unsampled(parent) }, () => inSpan({ name: 'c' }, () => undefined));
    await tracing?.close();
    expect(collector.spans.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('marks what throws or rejects, and passes it on', async () => {
    const boom = (): never => {
      throw new Error('boom');
    };
    expect(() => inSpan({ name: 'sync', parent: null }, boom)).toThrow('boom');
    await expect(inSpan({ name: 'async', parent: null }, async () => boom())).rejects.toThrow('boom');
    await tracing?.close();
    expect(collector.spans.map(({ name, status }) => [name, status.code, status.message])).toEqual([
      ['sync', 2, 'boom'],
      ['async', 2, 'boom'],
    ]);
  });

  it('puts spans around methods, within a span only; private fields still work', async () => {
    const counter = traced(new Counter(), { add: 'count.add' });
    await counter.add(1);
    await inSpan({ name: 'outer', parent: null }, async () => {
      await counter.add(2);
      await counter.add(-1).catch(() => undefined);
    });
    expect(counter.count).toBe(3);
    await tracing?.close();
    expect(collector.spans.map(({ name, status }) => [name, status.code])).toEqual([
      ['count.add', 0],
      ['count.add', 2],
      ['outer', 0],
    ]);
  });
});
