import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to the broker on which the answers can be made to stay away. */
export interface StallingProxy {
  /** The broker's URL through this proxy. */
  readonly url: string;
  /** As soon as this text has gone to the broker, nothing comes back any more, on any connection. */
  stallAfter(text: string): void;
  readonly stalled: boolean;
  close(): Promise<void>;
}

export async function startStallingProxy(target: string): Promise<StallingProxy> {
  const url = new URL(target);
  const sockets = new Set<Socket>();
  const answers = new Set<Socket>();
  let last: string | undefined;
  let stalled = false;

  const watch = (before: string, chunk: Buffer): string => {
    const seen = before + chunk.toString('latin1');
    if (last === undefined) return '';
    if (seen.includes(last)) {
      stalled = true;
      for (const answer of answers) answer.pause();
    }
    // the text may be cut anywhere
    return seen.slice(1 - last.length);
  };
  const server = createServer((near) => {
    const far = connect(Number(url.port), url.hostname);
    let tail = '';
    near.on('data', (chunk: Buffer) => {
      far.write(chunk);
      tail = watch(tail, chunk);
    });
    far.on('data', (chunk) => near.write(chunk));
    answers.add(far);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(target);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    stallAfter: (text) => {
      last = text;
    },
    get stalled() {
      return stalled;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
