import type { Receiver } from '@image2model/testing';

type Attributes = { key: string; value: { stringValue?: string; intValue?: number | string } }[];

/** The parts of OTLP/HTTP's JSON that specs look at. */
interface Exported {
  resourceSpans: {
    resource: { attributes: Attributes };
    scopeSpans: {
      spans: {
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        name: string;
        attributes: Attributes;
      }[];
    }[];
  }[];
}

/** One span as a collector receives it. */
export interface ReceivedSpan {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  attributes: Record<string, unknown>;
}

const record = (attributes: Attributes): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));

/** Every span that was sent to a receiver by OTLP/HTTP so far. */
export const spansOf = (collector: Receiver): ReceivedSpan[] =>
  (collector.bodies() as Exported[]).flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans
        .flatMap(({ spans }) => spans)
        .map(({ traceId, spanId, parentSpanId, name, attributes }) => ({
          ...{ traceId, spanId, parentSpanId, name },
          service: String(record(resource.attributes)['service.name']),
          attributes: record(attributes),
        })),
    ),
  );

/** The names from a span up to the root of what was received, each as `<service>: <name>`. */
export function pathOf(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [`${span.service}: ${span.name}`, ...(parent === undefined ? [] : pathOf(parent, spans))];
}
