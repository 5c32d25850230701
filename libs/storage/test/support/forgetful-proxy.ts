import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to an HTTP server on which single answers get lost after the server did its work. */
export interface ForgetfulProxy {
  readonly url: string;
  readonly forgotten: number;
  /** Loses the answer of the next request that is meant. */
  forgetNext(which: (method: string, path: string) => boolean): void;
  close(): Promise<void>;
}

export async function startForgetfulProxy(target: string): Promise<ForgetfulProxy> {
  const to = new URL(target);
  let next: ((method: string, path: string) => boolean) | undefined;
  let forgotten = 0;
  const server = createServer((incoming, answer) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const lose = next?.(method, path) === true;
    if (lose) next = undefined;
    const onward = request({ host: to.hostname, port: to.port, method, path, headers }, (reply) => {
      if (!lose) {
        answer.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(answer);
        return;
      }
      forgotten += 1;
      reply.resume().on('end', () => incoming.socket.destroy());
    });
    incoming.pipe(onward);
    onward.on('error', () => answer.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get forgotten() {
      return forgotten;
    },
    forgetNext: (which) => {
      next = which;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
