import {
  context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer as OtelTracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { Logger } from './logger.js';
import type { OpenSpan, SpanAttributes, SpanStart, Tracer } from './tracing.js';

export interface OtlpTracerOptions {
  service: string;
  instance: string;
  version: string;
  /** OTLP over HTTP; `/v1/traces` is added. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  /** How many of the traces that begin here are kept, 0 to 1. */
  ratio: number;
  logger: Logger;
}

const closeMs = 3_000;
/** At most one line about a collector that is away in this time, ms. */
const complainEveryMs = 60_000;

const kinds = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

/** Traces by OpenTelemetry. Spans are sent in the background; a collector that is away costs spans, nothing else. */
export function createOtlpTracer(options: OtlpTracerOptions): Tracer {
  complainSeldom(options.logger);
  const provider = createProvider(options);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spans = provider.getTracer('image2model', options.version);
  return {
    start: (about) => startSpan(spans, about),
    traceparent: () => traceparentOf(trace.getSpan(context.active())),
    close: async () => {
      const ended = provider.shutdown().catch(() => undefined);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, closeMs).unref())]);
      context.disable();
      diag.disable();
    },
  };
}

function createProvider(options: OtlpTracerOptions): BasicTracerProvider {
  const { service, instance, version, endpoint, headers, ratio } = options;
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: { ...headers },
  });
  return new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.namespace': 'image2model',
      'service.name': service,
      'service.instance.id': instance,
      'service.version': version,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 8_192, scheduledDelayMillis: 2_000 })],
  });
}

/** What the exporter says may hold the endpoint and its credentials; that it failed is what people need. */
function complainSeldom(logger: Logger): void {
  let quietUntilMs = 0;
  const say = (): void => {
    if (Date.now() < quietUntilMs) return;
    quietUntilMs = Date.now() + complainEveryMs;
    logger.warn('traces could not be sent; look whether OTEL_EXPORTER_OTLP_ENDPOINT answers', {});
  };
  const nothing = (): void => undefined;
  const sayings = { error: say, warn: say, info: nothing, debug: nothing, verbose: nothing };
  diag.setLogger(sayings, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

function startSpan(
  spans: OtelTracer,
  { name, kind = 'internal', parent, attributes = {} }: SpanStart,
): OpenSpan {
  const from = parent === undefined ? context.active() : contextOf(parent);
  const span = spans.startSpan(name, { kind: kinds[kind], attributes: definedOf(attributes) }, from);
  const within = trace.setSpan(from, span);
  return {
    traceparent: traceparentOf(span) ?? '',
    run: (work) => context.with(within, work),
    rename: (other) => void span.updateName(other),
    set: (more) => void span.setAttributes(definedOf(more)),
    fail: (error) => {
      const message = error instanceof Error ? error.message : String(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: message.slice(0, 200) });
    },
    end: () => span.end(),
  };
}

function contextOf(parent: string | null): Context {
  const remote = parent === null ? null : parseTraceParent(parent);
  return remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
}

function traceparentOf(span: Span | undefined): string | undefined {
  if (span === undefined) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

const definedOf = (attributes: SpanAttributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
