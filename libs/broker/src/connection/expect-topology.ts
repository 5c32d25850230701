import { allDeclarations, exchanges } from '@image2model/contracts';
import type { Channel, ChannelModel } from 'amqplib';
import { closeQuietly } from './close-quietly.js';
import { isOnAbsentNode } from './is-on-absent-node.js';

/** So many names in a message; the others are counted. */
const mostNamed = 3;

/**
 * Looks whether every exchange and queue is there, and declares nothing: that takes no rights.
 * @throws Error that names what is missing and says who makes it
 */
export async function expectTopology(model: ChannelModel): Promise<void> {
  const missing = await missingIn(model);
  if (missing.length === 0) return;
  const others = missing.length - mostNamed;
  const named = missing.slice(0, mostNamed).join(', ') + (others > 0 ? ` and ${others} more` : '');
  throw new Error(
    `RabbitMQ has no ${named}; I2M_TOPOLOGY=expect leaves them to the bootstrap job: run it with this version, or set I2M_TOPOLOGY=declare`,
  );
}

async function missingIn(model: ChannelModel): Promise<string[]> {
  const asked = [
    ...Object.values(exchanges).map(({ name }) => ({
      name: `exchange ${name}`,
      ask: (channel: Channel) => channel.checkExchange(name),
    })),
    ...allDeclarations().map(({ name }) => ({
      name: `queue ${name}`,
      ask: (channel: Channel) => channel.checkQueue(name),
    })),
  ];
  const missing: string[] = [];
  let channel = await openChannel(model);
  try {
    for (const { name, ask } of asked) {
      try {
        await ask(channel);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 404)) throw error;
        if (!isOnAbsentNode(error)) missing.push(name);
        // the broker closes a channel that names what is not there
        channel = await openChannel(model);
      }
    }
  } finally {
    await closeQuietly(channel);
  }
  return missing;
}

async function openChannel(model: ChannelModel): Promise<Channel> {
  const channel = await model.createChannel();
  // The rejection of the question says the same; without a listener the event would end the process.
  channel.on('error', () => undefined);
  return channel;
}
