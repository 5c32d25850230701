/** Facts of a span, by their names of the OpenTelemetry conventions or `image2model.*`; undefined ones are left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a span begins with. */
export interface SpanStart {
  readonly name: string;
  /** Default `internal`. */
  readonly kind?: 'server' | 'consumer' | 'producer' | 'client' | 'internal';
  /** The `traceparent` of its parent; null, or one that is none: a new trace. Default: the present span. */
  readonly parent?: string | null | undefined;
  readonly attributes?: SpanAttributes;
}

/** A span under way. Somebody must end it. */
export interface OpenSpan {
  /** As W3C Trace Context writes it. */
  readonly traceparent: string;
  /** What `work` does, also later, belongs to this span. */
  run<T>(work: () => T): T;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** Marks it as failed. */
  fail(error: unknown): void;
  end(): void;
}

/** What traces while tracing is on. */
export interface Tracer {
  start(about: SpanStart): OpenSpan;
  /** The present span's, sampled or not; undefined outside of one. */
  traceparent(): string | undefined;
  /** Sends what is left. Takes at most 3 s and never rejects. */
  close(): Promise<void>;
}

let active: Tracer | undefined;

/** Turns tracing on or off for this process; runService does it once, before anything is built. */
export const useTracer = (tracer: Tracer | undefined): void => void (active = tracer);

/** undefined while tracing is off: then nothing of it is loaded, and nothing is made for a message or a request. */
export const tracer = (): Tracer | undefined => active;

/** What goes along with a message or a record made now; undefined while tracing is off or outside of a span. */
export const currentTraceparent = (): string | undefined => active?.traceparent();

/** Runs `work` in a span that ends with it, failed when it throws or rejects; just runs it while tracing is off. */
export function inSpan<T>(about: SpanStart, work: () => T): T {
  if (active === undefined) return work();
  const span = active.start(about);
  return endWith(span, () => span.run(work));
}

function endWith<T>(span: OpenSpan, work: () => T): T {
  try {
    const result = work();
    if (!(result instanceof Promise)) {
      span.end();
      return result;
    }
    const failed = (error: unknown): void => {
      span.fail(error);
      span.end();
    };
    // the first to wait for it: whoever waits for the result finds the span ended
    void result.then(() => span.end(), failed);
    return result;
  } catch (error) {
    span.fail(error);
    span.end();
    throw error;
  }
}

/** What a log line says of the span that it is written in. */
export function traceIds(): { trace_id: string; span_id: string } | undefined {
  const [, trace, span] = active?.traceparent()?.split('-') ?? [];
  return trace === undefined || span === undefined ? undefined : { trace_id: trace, span_id: span };
}

/** The same trace, but nothing that follows is recorded. */
export const unsampled = (traceparent: string): string => traceparent.replace(/-[0-9a-f]{2}$/, '-00');
