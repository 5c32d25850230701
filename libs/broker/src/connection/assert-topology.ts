import { allDeclarations, exchanges, type QueueDeclaration } from '@image2model/contracts';
import type { Channel, ChannelModel } from 'amqplib';
import { closeQuietly } from './close-quietly.js';
import { isOnAbsentNode } from './is-on-absent-node.js';

/**
 * Declares every exchange and queue; repeating it changes nothing. A queue whose node is away is left for later: its
 * consumers try again by themselves, and nothing else waits for it. Rejects when one exists with other arguments.
 */
export async function assertTopology(model: ChannelModel): Promise<void> {
  let channel = await openChannel(model);
  try {
    for (const { name, type } of Object.values(exchanges))
      await channel.assertExchange(name, type, { durable: true });
    for (const declaration of allDeclarations()) {
      try {
        await assertQueue(channel, declaration);
      } catch (error) {
        if (!isOnAbsentNode(error)) throw error;
        // the broker closes a channel that asks for what it cannot reach
        channel = await openChannel(model);
      }
    }
  } finally {
    await closeQuietly(channel);
  }
}

async function openChannel(model: ChannelModel): Promise<Channel> {
  const channel = await model.createChannel();
  // The rejection of the call that failed says the same; without a listener the event would end the process.
  channel.on('error', () => undefined);
  return channel;
}

/** Declares one queue of the topology; a name that is not in it is left alone. */
export async function assertQueueNamed(channel: Channel, name: string): Promise<void> {
  for (const declaration of allDeclarations())
    if (declaration.name === name) await assertQueue(channel, declaration);
}

async function assertQueue(
  channel: Channel,
  { name, arguments: args, bindings }: QueueDeclaration,
): Promise<void> {
  try {
    await channel.assertQueue(name, { durable: true, arguments: { ...args } });
  } catch (error) {
    if (!String(error).includes('PRECONDITION')) throw error;
    // arguments of a queue cannot be changed: only people can decide what becomes of its messages
    throw new Error(
      `queue ${name} exists with other arguments; let it run empty with the version that declared it, then delete it`,
      { cause: error },
    );
  }
  for (const { exchange, routingKey } of bindings) await channel.bindQueue(name, exchange, routingKey);
}
