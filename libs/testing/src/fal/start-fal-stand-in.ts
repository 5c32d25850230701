import { setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Exchange } from './exchange.js';
import { ledgerRow, type LedgerRow } from './job.js';
import { standInOptionsSchema, type FalControl, type FalStandInOptions } from './options.js';
import { dispatch } from './router.js';
import { statsOf, type FalStats } from './stats.js';
import type { WebhookHeaders } from './webhook-keys.js';
import { World } from './world.js';

/** A server that speaks fal's protocol under `origin/HOST/path`, and keeps the books. */
export interface FalStandIn {
  /** For FAL_ORIGIN: loopback, without a path. */
  readonly origin: string;
  /** Every accepted job, in the order of acceptance. */
  ledger(): LedgerRow[];
  stats(): FalStats;
  /** @throws ZodError when the change is none */
  control(change: FalControl): void;
  /** The headers of a webhook with this body, signed as fal would; `timestampS` is now unless given. */
  sign(body: string | Uint8Array, requestId: string, timestampS?: number): WebhookHeaders;
  /** Refuses new connections, drops the old ones, forgets jobs and webhooks. */
  close(): Promise<void>;
}

/** @throws ZodError for options that are none; Error when the port is taken */
export async function startFalStandIn(options: FalStandInOptions = {}): Promise<FalStandIn> {
  const { port } = standInOptionsSchema.parse(options);
  const closing = new AbortController();
  // every slow answer waits for it
  setMaxListeners(0, closing.signal);
  const server = createServer({ keepAliveTimeout: 60_000 });
  const origin = await listen(server, port);
  const world = await World.make(options, origin);
  server.on('request', (request, response) => {
    const exchange = new Exchange(request, response, closing.signal);
    void dispatch(world, exchange);
  });
  return {
    origin,
    ledger: () => [...world.queue.all()].map(ledgerRow),
    stats: () => statsOf(world),
    control: (change) => world.change(change),
    sign: (body, requestId, timestampS) => world.keys.sign(body, requestId, timestampS),
    close: async () => {
      closing.abort();
      world.webhooks.close();
      world.queue.close();
      await stop(server);
    },
  };
}

const listen = (server: Server, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const { port: bound } = server.address() as AddressInfo;
      resolve(`http://127.0.0.1:${bound}`);
    });
  });

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
