import { connect } from 'amqplib';

export interface WatchedEvent {
  type: string;
  id: string;
  batchId?: string;
  traceparent?: string;
  payload: Record<string, unknown>;
}

export interface EventWatcher {
  readonly events: readonly WatchedEvent[];
  /** Events of a type, of one batch when given. */
  of(type: string, batchId?: string): WatchedEvent[];
  close(): Promise<void>;
}

/** Sees every event of a system from now on, as a program outside would: by a queue of its own on the `events` exchange. */
export async function watchEvents(amqpUrl: string): Promise<EventWatcher> {
  const connection = await connect(amqpUrl);
  const channel = await connection.createChannel();
  const events: WatchedEvent[] = [];
  await channel.assertExchange('events', 'topic', { durable: true });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'events', '#');
  await channel.consume(
    queue,
    (message) => {
      if (message !== null) events.push(JSON.parse(message.content.toString('utf8')) as WatchedEvent);
    },
    { noAck: true },
  );
  return {
    events,
    of: (type, batchId) =>
      events.filter((event) => event.type === type && (batchId === undefined || event.batchId === batchId)),
    close: () => connection.close(),
  };
}

/** Puts bytes on an exchange, as a stranger or an old version would. */
export async function publishBytes(
  amqpUrl: string,
  exchange: string,
  routingKey: string,
  body: Uint8Array,
): Promise<void> {
  const connection = await connect(amqpUrl);
  const channel = await connection.createConfirmChannel();
  channel.publish(exchange, routingKey, Buffer.from(body), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
}
