import { tracer, type Logger, type Metrics, type OpenSpan } from '@image2model/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import { requestIdOf } from './request-id.js';

/** What became known of a request on its way; kept beside the response. */
export interface RequestNotes {
  /** the path's template, never the path: ids would make endless metrics */
  route: string;
  stream: boolean;
  meta: Record<string, unknown>;
}

const notes = new WeakMap<Response, RequestNotes>();

export function notesOf(response: Response): RequestNotes {
  const known = notes.get(response) ?? { route: 'unknown', stream: false, meta: {} };
  notes.set(response, known);
  return known;
}

/**
 * One log line and one sample per request, when its answer has ended, and one span while tracing is on: no bodies, no
 * query strings, no keys.
 */
export function observeRequests(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const from = performance.now();
    const method = knownMethods.has(request.method) ? request.method : 'OTHER';
    const span = spanOf(request, method);
    metrics.add('http_requests_in_flight', {}, 1);
    response.once('close', () => {
      const { route, stream, meta } = notesOf(response);
      const seconds = (performance.now() - from) / 1000;
      const status = response.writableFinished ? String(response.statusCode) : 'aborted';
      metrics.add('http_requests_in_flight', {}, -1);
      metrics.inc('http_requests_total', { method, route, status });
      if (!stream) metrics.observe('http_request_duration_seconds', { method, route }, seconds);
      const ms = Math.round(seconds * 1000);
      const about = { requestId: requestIdOf(response), method, route, status, ms, ...meta };
      if (span === undefined) logger.info('request', about);
      else span.run(() => logger.info('request', about));
      if (span !== undefined) endSpan(span, { method, route, status: response.statusCode });
    });
    if (span === undefined) next();
    else span.run(next);
  };
}

/** The trace of a caller that sent a traceparent goes on here. */
const spanOf = (request: Request, method: string): OpenSpan | undefined =>
  tracer()?.start({
    name: method,
    kind: 'server',
    parent: request.get('traceparent') ?? null,
    attributes: { 'http.request.method': method },
  });

function endSpan(
  span: OpenSpan,
  { method, route, status }: { method: string; route: string; status: number },
): void {
  span.rename(`${method} ${route}`);
  span.set({ 'http.route': route, 'http.response.status_code': status });
  if (status >= 500) span.fail(`answered ${status}`);
  span.end();
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
