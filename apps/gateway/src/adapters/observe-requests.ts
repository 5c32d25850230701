import type { Logger, Metrics } from '@image2model/service-kit';
import type { RequestHandler, Response } from 'express';
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

/** One log line and one sample per request, when its answer has ended: no bodies, no query strings, no keys. */
export function observeRequests(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const from = performance.now();
    response.once('close', () => {
      const { route, stream, meta } = notesOf(response);
      const seconds = (performance.now() - from) / 1000;
      const method = knownMethods.has(request.method) ? request.method : 'OTHER';
      const status = response.writableFinished ? String(response.statusCode) : 'aborted';
      metrics.inc('http_requests_total', { method, route, status });
      if (!stream) metrics.observe('http_request_duration_seconds', { method, route }, seconds);
      const ms = Math.round(seconds * 1000);
      logger.info('request', { requestId: requestIdOf(response), method, route, status, ms, ...meta });
    });
    next();
  };
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
