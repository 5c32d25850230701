import { allDeclarations, exchanges, type QueueDeclaration } from '@image2model/contracts';
import type { Channel, ChannelModel } from 'amqplib';
import { closeQuietly } from './close-quietly.js';

/** Declares every exchange and queue; repeating it changes nothing. Rejects when one exists with other arguments. */
export async function assertTopology(model: ChannelModel): Promise<void> {
  const channel = await model.createChannel();
  // The rejection of the call that failed says the same; without a listener the event would end the process.
  channel.on('error', () => undefined);
  try {
    for (const { name, type } of Object.values(exchanges))
      await channel.assertExchange(name, type, { durable: true });
    for (const declaration of allDeclarations()) await assertQueue(channel, declaration);
  } finally {
    await closeQuietly(channel);
  }
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
