import type { TlsOptions } from '@image2model/service-kit';
import { connect, type ChannelModel } from 'amqplib';
import { within } from './back-off.js';
import type { BrokerUrl } from './broker-url.js';
import { gatherWrites, writeBufferBytes } from './gather-writes.js';

/** One AMQP connection, from its handshake to its end. */
export interface Session {
  readonly model: ChannelModel;
  /** Aborts when the connection is gone, for whatever reason; the reason is an Error. */
  readonly ended: AbortSignal;
  /** Closes it politely when the broker answers within 2 s, and destroys the socket in any case. May be repeated. */
  end(): Promise<void>;
}

export interface SessionOptions {
  url: BrokerUrl;
  /** for amqps:// */
  tls?: (() => TlsOptions) | undefined;
  /** Shown by the management UI. */
  name: string;
  /** Gives up the handshake. */
  signal: AbortSignal;
  onBlocked: (reason: string | undefined) => void;
}

const handshakeTimeoutMs = 10_000;
const politeCloseMs = 2_000;

/**
 * amqplib notices a dead peer by heartbeats and closes every channel of a lost connection, but it only half-closes the
 * socket, and `close()` waits for an answer for ever. So the socket gets an abort signal, which destroys it.
 */
export async function openSession({ url, tls, name, signal, onBlocked }: SessionOptions): Promise<Session> {
  const socket = new AbortController();
  const giveUp = (): void => socket.abort();
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  const options = {
    noDelay: true,
    writableHighWaterMark: writeBufferBytes,
    timeout: handshakeTimeoutMs,
    signal: socket.signal,
    clientProperties: { connection_name: name },
  };
  try {
    const secured = url.secret.startsWith('amqps:') ? (tls?.() ?? { rejectUnauthorized: true }) : {};
    const model = await connect(url.secret, { ...options, ...secured });
    gatherWrites(model);
    return watch(model, socket, onBlocked);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function watch(
  model: ChannelModel,
  socket: AbortController,
  onBlocked: SessionOptions['onBlocked'],
): Session {
  const ended = new AbortController();
  let lastError: Error | undefined;
  // 'error' comes before 'close', and not for an orderly shutdown of the broker. Without a listener it would end the process.
  model.on('error', (error: Error) => (lastError = error));
  model.on('blocked', (reason: string) => onBlocked(reason));
  model.on('unblocked', () => onBlocked(undefined));
  model.on('close', (error?: Error) => {
    ended.abort(lastError ?? error ?? new Error('connection closed'));
    socket.abort();
  });
  const close = async (): Promise<void> => {
    // Both rejections mean the same: nobody answers any more, so only the socket is left to close.
    await within(politeCloseMs, 'closing the connection', model.close()).catch(() => undefined);
    socket.abort();
  };
  let closing: Promise<void> | undefined;
  return { model, ended: ended.signal, end: () => (closing ??= close()) };
}
