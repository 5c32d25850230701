import type { BaseConfig } from './base-config.js';
import type { Logger } from './logger.js';
import { useTracer, type Tracer } from './tracing.js';

/** Tracing as the environment wants it: on with OTEL_EXPORTER_OTLP_ENDPOINT. Only then is OpenTelemetry loaded. */
export async function startTracing(
  config: Pick<
    BaseConfig,
    'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_HEADERS' | 'OTEL_TRACES_SAMPLE_RATIO'
  >,
  about: { service: string; instance: string; version: string; logger: Logger },
): Promise<Tracer | undefined> {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  const { createOtlpTracer } = await import('./tracing-otlp.js');
  const ratio = config.OTEL_TRACES_SAMPLE_RATIO;
  const tracer = createOtlpTracer({ ...about, endpoint, headers: config.OTEL_EXPORTER_OTLP_HEADERS, ratio });
  useTracer(tracer);
  about.logger.info('tracing is on', { ratio });
  return tracer;
}
