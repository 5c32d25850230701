import type { Channel } from 'amqplib';
import { within } from './back-off.js';

/** Closes a channel that may be closed already, or whose broker may not answer (≤ 2 s). */
export async function closeQuietly(channel: Channel): Promise<void> {
  try {
    await within(2_000, 'closing a channel', channel.close());
  } catch {
    // amqplib throws on a channel that is closed already. Otherwise the connection is dead, and its end closes this too.
  }
}
