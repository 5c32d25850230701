import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FrameLoss, type Method } from './frame-loss.js';

interface Pair {
  client: Socket;
  broker: Socket;
}

/** A network between us and the broker that fails on demand. */
export interface TcpProxy {
  /** The broker's URL through this proxy. */
  readonly url: string;
  /** The open ones, in the order they came. */
  readonly connections: readonly Pair[];
  /** Resets every connection; new ones are let through. */
  cut(): void;
  /** Resets every connection and refuses new ones until `accept`. */
  refuse(): Promise<void>;
  /** Lets new connections through again. */
  accept(): Promise<void>;
  /** Keeps every connection open and moves no more bytes, in one direction or in both, until `flow`. */
  hold(direction?: 'both' | 'to-client' | 'to-broker'): void;
  flow(): void;
  /** From now on these answers of the broker do not arrive, until `flow`. */
  lose(method: Method): void;
  close(): Promise<void>;
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });

export async function startTcpProxy(brokerUrl: string): Promise<TcpProxy> {
  const target = new URL(brokerUrl);
  let pairs: Pair[] = [];
  let held: 'none' | 'both' | 'to-client' | 'to-broker' = 'none';

  let lost: Method | undefined;
  const isLost = ({ classId, methodId }: Method): boolean =>
    lost?.classId === classId && lost.methodId === methodId;

  const apply = ({ client, broker }: Pair): void => {
    if (held === 'both' || held === 'to-broker') client.pause();
    else client.resume();
    if (held === 'both' || held === 'to-client') broker.pause();
    else broker.resume();
  };
  const join = (client: Socket): void => {
    const broker = connect({ host: target.hostname, port: Number(target.port) });
    const pair = { client, broker };
    pairs.push(pair);
    const answers = new FrameLoss(isLost);
    for (const [from, to] of [
      [client, broker],
      [broker, client],
    ] as const) {
      from.on('data', (chunk: Buffer) => to.write(from === broker ? answers.pass(chunk) : chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        pairs = pairs.filter((other) => other !== pair);
      });
    }
    apply(pair);
  };
  const reset = (): void => {
    for (const { client, broker } of pairs) {
      client.resetAndDestroy();
      broker.destroy();
    }
  };
  const stop = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

  let server = createServer(join);
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(brokerUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    get connections() {
      return pairs;
    },
    cut: reset,
    async refuse() {
      const stopped = stop();
      reset();
      await stopped;
    },
    async accept() {
      if (server.listening) return;
      server = createServer(join);
      await listen(server, port);
    },
    hold(direction = 'both') {
      held = direction;
      pairs.forEach(apply);
    },
    lose(method) {
      lost = method;
    },
    flow() {
      held = 'none';
      lost = undefined;
      pairs.forEach(apply);
    },
    async close() {
      const stopped = server.listening ? stop() : Promise.resolve();
      reset();
      await stopped;
    },
  };
}
