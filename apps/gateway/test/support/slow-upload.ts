import { connect, type Socket } from 'node:net';

/** A multipart upload that is sent bit by bit. */
export interface SlowUpload {
  send(bytes: string | Uint8Array): Promise<void>;
  /** Ends the form properly. @returns the raw answer */
  finish(): Promise<string>;
  /** Goes away in the middle. */
  drop(): void;
}

const boundary = 'slow';

export async function beginUpload(
  gatewayUrl: string,
  apiKey: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<SlowUpload> {
  const { hostname, port } = new URL(gatewayUrl);
  const socket: Socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const raw = (bytes: string | Uint8Array): Promise<void> =>
    new Promise((resolve) => socket.write(bytes, () => resolve()));
  const send = async (bytes: string | Uint8Array): Promise<void> => {
    const data = Buffer.from(bytes);
    await raw(Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]));
  };
  await raw(
    [
      'POST /v1/batches HTTP/1.1',
      `Host: ${hostname}`,
      `Authorization: Bearer ${apiKey}`,
      `Content-Type: multipart/form-data; boundary=${boundary}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      'Transfer-Encoding: chunked',
      'Connection: close',
      '\r\n',
    ].join('\r\n'),
  );
  await send(`--${boundary}\r\nContent-Disposition: form-data; name="images"; filename="slow.jpg"\r\n\r\n`);
  return {
    send,
    finish: async () => {
      await send(`\r\n--${boundary}--\r\n`);
      await raw('0\r\n\r\n');
      await closed;
      return answer;
    },
    drop: () => socket.destroy(),
  };
}
