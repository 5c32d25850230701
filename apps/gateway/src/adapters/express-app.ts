import type { Logger, Metrics } from '@image2model/service-kit';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import helmet from 'helmet';
import { HttpProblem, notFound } from '../domain/http-problem.js';
import { nobody, type ApiRequest, type Route } from '../domain/route.js';
import { requireScope, type Authenticate } from './authenticate.js';
import { createEventSinks, type OpenEventSink } from './event-sink.js';
import { notesOf, observeRequests } from './observe-requests.js';
import { createBody } from './request-body.js';
import { giveRequestId } from './request-id.js';
import { asProblem, sendProblem } from './send-problem.js';
import { sendReply } from './send-reply.js';

export interface AppParts {
  routes: readonly Route[];
  authenticate: Authenticate;
  logger: Logger;
  metrics: Metrics;
  /** the process is stopping: streams end, connections are not kept */
  stopping: AbortSignal;
}

/** The only place that knows express: turns requests into what handlers take, and replies and errors into answers. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by').set('etag', false).set('query parser', 'simple');
  app.use(giveRequestId, observeRequests(parts.logger, parts.metrics), helmet(headers));
  const openSink = createEventSinks(parts.stopping);
  for (const [path, routes] of byPath(parts.routes)) {
    const pattern = path.replaceAll(':', '\\:').replace(/\{(\w+)\}/g, ':$1');
    for (const route of routes) {
      const answer = answering(route, parts, openSink);
      app[methods[route.method]](pattern, answer);
    }
    app.all(pattern, refuseMethod(path, routes));
  }
  app.use(() => {
    throw notFound();
  });
  app.use(answerError(parts.logger));
  return app;
}

/** express's names; its `get` takes HEAD too. */
const methods = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

/** The API has no pages: nothing may be loaded, framed or sniffed. */
const headers = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  referrerPolicy: { policy: 'no-referrer' },
  xFrameOptions: { action: 'deny' },
} as const;

function byPath(routes: readonly Route[]): Map<string, Route[]> {
  const paths = new Map<string, Route[]>();
  for (const route of routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route]);
  return paths;
}

function answering(
  route: Route,
  { authenticate, stopping }: AppParts,
  openSink: OpenEventSink,
): RequestHandler {
  return async (request, response) => {
    const notes = notesOf(response);
    notes.route = route.path;
    const caller = route.open ? nobody : authenticate(request);
    if (!route.open) {
      notes.meta['tenant'] = caller.tenant;
      requireScope(caller, route.path);
    }
    response.set('Cache-Control', 'no-store');
    const reply = await route.handle(apiRequest(request, response, caller));
    notes.stream = 'events' in reply;
    if (stopping.aborted) response.set('Connection', 'close');
    await sendReply(request, response, reply, openSink);
  };
}

function apiRequest(request: Request, response: Response, caller: ApiRequest['caller']): ApiRequest {
  const params = Object.entries(request.params).map(([name, value]) => [name, String(value)]);
  return {
    caller,
    method: request.method,
    params: Object.fromEntries(params),
    query: { ...request.query },
    body: createBody(request, response),
    header: (name) => request.get(name),
    note: (meta) => Object.assign(notesOf(response).meta, meta),
  };
}

function refuseMethod(path: string, routes: readonly Route[]): RequestHandler {
  const allowed = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return (request, response) => {
    notesOf(response).route = path;
    throw new HttpProblem(405, 'method_not_allowed', `${request.method} is not one of ${allowed}.`, {
      headers: { Allow: allowed },
    });
  };
}

function answerError(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = asProblem(error);
    const { route, meta } = notesOf(response);
    const about = { route, ...meta, code: problem.code, error: problem.cause ?? error };
    if (response.headersSent || response.destroyed) {
      if (!isClientGone(error)) logger.warn('an answer was cut off', about);
      response.destroy();
      return;
    }
    meta['code'] = problem.code;
    if (problem.status === 503) logger.warn('refused: unavailable', about);
    else if (problem.status >= 500) logger.error('request failed', about);
    sendProblem(request, response, problem);
  };
}

/** The connection went away while an answer or a body was on it: nothing of ours is wrong. */
const isClientGone = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET');
