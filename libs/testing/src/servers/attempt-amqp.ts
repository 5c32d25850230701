import { connect, type Channel, type ConfirmChannel } from 'amqplib';

/** One thing that a user may or may not be allowed to do. */
export type AmqpOperation =
  | { do: 'publish'; exchange: string; routingKey: string }
  | { do: 'get' | 'purge' | 'declare' | 'delete'; queue: string }
  | { do: 'bind'; queue: string; exchange: string; routingKey: string };

/** Tries it with the login of the URL. @returns null when it was done, or why not: what the broker said */
export async function attemptAmqp(url: string, operation: AmqpOperation): Promise<string | null> {
  const connection = await connect(url);
  connection.on('error', () => undefined);
  let closedBy: unknown;
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', (error: unknown) => (closedBy = error));
    await carryOut(channel, operation);
    return closedBy === undefined ? null : String(closedBy);
  } catch (error) {
    return String(closedBy ?? error);
  } finally {
    await connection.close().catch(() => undefined);
  }
}

async function carryOut(channel: ConfirmChannel, operation: AmqpOperation): Promise<void> {
  switch (operation.do) {
    case 'publish':
      // a refused publish closes the channel, which rejects the wait
      channel.publish(operation.exchange, operation.routingKey, Buffer.from('{}'));
      return channel.waitForConfirms();
    case 'get':
      return putBack(channel, operation.queue);
    case 'purge':
      return void (await channel.purgeQueue(operation.queue));
    case 'declare':
      return void (await channel.assertQueue(operation.queue, { durable: true, autoDelete: true }));
    case 'delete':
      return void (await channel.deleteQueue(operation.queue));
    case 'bind':
      return void (await channel.bindQueue(operation.queue, operation.exchange, operation.routingKey));
  }
}

/** What was taken stays in the queue. */
async function putBack(channel: Channel, queue: string): Promise<void> {
  const message = await channel.get(queue, { noAck: false });
  if (message !== false) channel.nack(message);
}
