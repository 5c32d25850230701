import type { Logger } from '@image2model/service-kit';
import type { Channel } from 'amqplib';
import { backOffMs, pause } from './back-off.js';
import { closeQuietly } from './close-quietly.js';
import type { Session } from './session.js';

export interface KeptChannel<C extends Channel> {
  session: Session;
  /** Ends the keeping before the connection does. */
  stop?: AbortSignal;
  /** For logs. */
  purpose: string;
  logger: Logger;
  open: () => Promise<C>;
  /** Makes a new channel useful. `lost` resolves when the channel closes. A rejection closes the channel. */
  use: (channel: C) => Promise<void>;
}

/**
 * Keeps one channel open as long as its connection lives: the broker closes a channel on any error, and amqplib does
 * not open another. Resolves when the connection has ended or `stop` aborted; the channel is then closed or dying.
 */
export async function keepChannel<C extends Channel>(kept: KeptChannel<C>): Promise<void> {
  const { session, stop } = kept;
  const until = stop === undefined ? session.ended : AbortSignal.any([session.ended, stop]);
  for (let tries = 0; !until.aborted; tries++) {
    const openedAt = performance.now();
    const reason = await oneChannel(kept, until);
    if (until.aborted) return;
    if (performance.now() - openedAt > 5_000) tries = 0;
    const waitMs = backOffMs(tries, Math.random());
    kept.logger.warn(`broker channel closed; opening another in ${waitMs} ms`, {
      purpose: kept.purpose,
      error: reason,
    });
    await pause(waitMs, until);
  }
}

async function oneChannel<C extends Channel>(kept: KeptChannel<C>, until: AbortSignal): Promise<string> {
  let channel: C | undefined;
  let reason = 'closed';
  // one channel of many: what listens for it must not outlive it
  const over = new AbortController();
  try {
    channel = await kept.open();
    const opened = channel;
    const lost = new Promise<void>((resolve) => {
      opened.on('error', (error: Error) => (reason = error.message));
      opened.on('close', () => resolve());
      until.addEventListener('abort', () => resolve(), { once: true, signal: over.signal });
    });
    await kept.use(opened);
    await lost;
    return reason;
  } catch (error) {
    if (channel !== undefined) await closeQuietly(channel);
    return String(error);
  } finally {
    over.abort();
  }
}
