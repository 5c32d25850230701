import type { Exchange } from './exchange.js';
import { completeUpload, getFile, initiateUpload, putFile } from './file-routes.js';
import { HttpAnswer, notFound } from './http-answer.js';
import { ledgerRow } from './job.js';
import { listRequests } from './listing-route.js';
import { cancel, result, status } from './request-routes.js';
import { statsOf } from './stats.js';
import { submit } from './submit-route.js';
import { changeByRequest } from './control-route.js';
import type { World } from './world.js';

type Handle = (world: World, exchange: Exchange, ...parts: string[]) => Promise<void> | void;

interface StandInRoute {
  readonly kind: string;
  readonly method: string;
  /** Of the whole path; its groups become the handler's parts. */
  readonly path: RegExp;
  readonly handle: Handle;
}

const route = (kind: string, method: string, path: RegExp, handle: Handle): StandInRoute => ({
  kind,
  method,
  path,
  handle,
});

const request = String.raw`^/queue\.fal\.run/([^/]+/[^/]+)/requests/([\w-]+)`;
const upload = String.raw`^/rest\.(?:alpha\.)?fal\.ai/storage/upload/initiate`;
const media = String.raw`^/[\w.-]+\.fal\.media(/files/`;

/** The first that fits; a known path with another method is a 405. */
const routes: readonly StandInRoute[] = [
  route('status', 'GET', new RegExp(`${request}/status$`), (world, exchange, app = '', id = '') =>
    status(world, exchange, app, id),
  ),
  route('cancel', 'PUT', new RegExp(`${request}/cancel$`), (world, exchange, app = '', id = '') =>
    cancel(world, exchange, app, id),
  ),
  route('result', 'GET', new RegExp(`${request}$`), (world, exchange, app = '', id = '') =>
    result(world, exchange, app, id),
  ),
  route('submit', 'POST', /^\/queue\.fal\.run\/(.+)$/, (world, exchange, id = '') =>
    submit(world, exchange, id),
  ),
  route('initiate', 'POST', new RegExp(`${upload}(?:-multipart)?$`), initiateUpload),
  route('upload', 'PUT', new RegExp(`${media}.+)$`), (world, exchange, path = '') =>
    putFile(world, exchange, path),
  ),
  route('upload', 'POST', new RegExp(`${media}.+/complete)$`), (world, exchange, path = '') =>
    completeUpload(world, exchange, path),
  ),
  route('download', 'GET', new RegExp(`${media}.+)$`), (world, exchange, path = '') =>
    getFile(world, exchange, path),
  ),
  route('listing', 'GET', /^\/api\.fal\.ai\/v1\/models\/requests\/by-endpoint$/, listRequests),
  route('jwks', 'GET', /^\/rest\.(?:alpha\.)?fal\.ai\/\.well-known\/jwks\.json$/, ({ keys }, exchange) =>
    exchange.send(200, keys.jwks()),
  ),
  route('ledger', 'GET', /^\/ledger$/, ({ queue }, exchange) =>
    exchange.send(200, { jobs: [...queue.all()].map(ledgerRow) }),
  ),
  route('stats', 'GET', /^\/stats$/, (world, exchange) => exchange.send(200, statsOf(world))),
  route('control', 'POST', /^\/control$/, changeByRequest),
];

/** Finds and runs the route; every answer that was thrown is sent here. */
export async function dispatch(world: World, exchange: Exchange): Promise<void> {
  try {
    const fitting = routes.filter(({ path }) => path.test(exchange.path));
    const found = fitting.find(({ method }) => method === exchange.method);
    if (found === undefined)
      throw fitting.length > 0 ? new HttpAnswer(405, { detail: 'Method Not Allowed' }) : notFound();
    world.counts.request(found.kind);
    await found.handle(world, exchange, ...(found.path.exec(exchange.path)?.slice(1) ?? []));
  } catch (error) {
    if (error instanceof HttpAnswer) exchange.send(error.status, error.body, error.headers);
    else exchange.send(500, { detail: `the stand-in failed: ${String(error)}` });
  }
}
