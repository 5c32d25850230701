import { tlsAdvice, type Logger } from '@image2model/service-kit';
import { backOffMs, pause, within } from './back-off.js';
import type { BrokerUrl } from './broker-url.js';
import { openSession, type Session, type SessionOptions } from './session.js';

export interface LinkOptions extends Omit<SessionOptions, 'signal' | 'onBlocked' | 'url'> {
  /** The nodes of the cluster, tried in turn from a random one on: connections spread over them. */
  urls: readonly BrokerUrl[];
  logger: Logger;
  /** Runs on each new connection before anybody may use it; a rejection ends that connection. */
  setUp: (session: Session) => Promise<void>;
  onChange: () => void;
  /** Why there is no connection, at each try; `undefined` when there is one. */
  onWait?: (reason: string | undefined) => void;
}

const setUpTimeoutMs = 60_000;
/** A connection that lasted so long was a good one: the next back-off starts anew. */
const stableAfterMs = 5_000;

/**
 * Keeps one connection to the broker: connects, sets up, waits for its end, and again, with back-off, until it is stopped.
 *
 * amqplib's own `recovery` is not used. It listens to a connection only after `setup`: an error or a block in between is
 * an uncaught exception or is missed, and when `setup` fails on a peer that went silent it waits for that peer's
 * close-ok for ever and never tries again. It brings back no channel and no consumer either, which would be most of
 * the work. A loop that awaits each connection's end has none of these states.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #stop = new AbortController();
  readonly #users: ((session: Session) => void)[] = [];
  #session: Session | undefined;
  #blocked = false;
  #loop: Promise<void> | undefined;
  #firstUp: () => void = () => undefined;
  #url: BrokerUrl;
  #at: number;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#at = Math.floor(Math.random() * options.urls.length);
    this.#url = this.#nextUrl();
  }

  /** The connection when it is usable. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** The broker told that it reads no more publishes from this connection. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Resolves when the first connection is set up, or the link was stopped before. */
  start(): Promise<void> {
    const up = new Promise<void>((resolve) => (this.#firstUp = resolve));
    this.#loop = this.#run();
    return Promise.race([up, this.#loop]);
  }

  /** Calls `user` with the present connection and each later one; it must not throw. */
  use(user: (session: Session) => void): void {
    this.#users.push(user);
    if (this.#session !== undefined) user(this.#session);
  }

  /** Ends the connection or the trying; resolves when nothing is left open. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    for (let tries = 0; !this.#stop.signal.aborted; tries++) {
      const startedAt = performance.now();
      const reason = await this.#live();
      if (this.#stop.signal.aborted) return;
      if (performance.now() - startedAt > stableAfterMs) tries = 0;
      const waitMs = backOffMs(tries, Math.random());
      const { logger, name, onWait } = this.#options;
      onWait?.(reason);
      logger.warn(`no broker connection; next try in ${waitMs} ms`, {
        connection: name,
        broker: this.#url.shown,
        error: reason,
      });
      this.#url = this.#nextUrl();
      await pause(waitMs, this.#stop.signal);
    }
  }

  /** One connection from its handshake to its end. @returns why it ended */
  async #live(): Promise<string> {
    let session: Session | undefined;
    const end = (): void => void session?.end();
    this.#stop.signal.addEventListener('abort', end, { once: true });
    try {
      session = await openSession({
        ...this.#options,
        url: this.#url,
        signal: this.#stop.signal,
        onBlocked: (reason) => this.#setBlocked(reason),
      });
      await within(setUpTimeoutMs, 'setting up the connection', this.#options.setUp(session));
      await this.#serve(session);
      return String(session.ended.reason);
    } catch (error) {
      const advice = tlsAdvice(error);
      return advice === undefined ? String(error) : `${String(error)}: ${advice}`;
    } finally {
      this.#stop.signal.removeEventListener('abort', end);
      this.#session = undefined;
      this.#blocked = false;
      this.#options.onChange();
      await session?.end();
    }
  }

  async #serve(session: Session): Promise<void> {
    if (session.ended.aborted || this.#stop.signal.aborted) return;
    const ended = new Promise<void>((resolve) => {
      session.ended.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#session = session;
    this.#options.logger.info('broker connected', {
      connection: this.#options.name,
      broker: this.#url.shown,
    });
    this.#options.onWait?.(undefined);
    this.#options.onChange();
    for (const user of this.#users) user(session);
    this.#firstUp();
    await ended;
  }

  #nextUrl(): BrokerUrl {
    const { urls } = this.#options;
    const url = urls[this.#at++ % urls.length];
    if (url === undefined) throw new TypeError('a link needs the URL of a broker');
    return url;
  }

  #setBlocked(reason: string | undefined): void {
    this.#blocked = reason !== undefined;
    const { logger, name } = this.#options;
    if (reason === undefined) logger.info('broker accepts publishes again', { connection: name });
    else logger.warn('broker accepts no publishes; they wait until it does', { connection: name, reason });
    this.#options.onChange();
  }
}
