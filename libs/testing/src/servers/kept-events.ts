import { connect, type ChannelModel } from 'amqplib';

/** Events of one type in a quorum queue of their own: they outlive the death of a node, and of whoever reads them. */
export interface KeptEvents {
  /** The ids of all that came so far, repeats included; none of them is there any more afterwards. */
  take(): Promise<string[]>;
  /** Deletes the queue. */
  close(): Promise<void>;
}

/** @param amqpUrls the nodes of the cluster; the first that answers is asked */
export async function keepEvents(amqpUrls: readonly string[], type: string): Promise<KeptEvents> {
  const queue = `kept.${type}.${process.pid}.${Date.now()}`;
  const connected = async <T>(work: (model: ChannelModel) => Promise<T>): Promise<T> => {
    const model = await connectFirst(amqpUrls);
    model.on('error', () => undefined);
    try {
      return await work(model);
    } finally {
      await model.close();
    }
  };
  await connected(async (model) => {
    const channel = await model.createChannel();
    await channel.assertExchange('events', 'topic', { durable: true });
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.bindQueue(queue, 'events', type);
  });
  return {
    take: () =>
      connected(async (model) => {
        const channel = await model.createChannel();
        const ids: string[] = [];
        for (;;) {
          const message = await channel.get(queue, { noAck: true });
          if (message === false) return ids;
          ids.push(String(message.properties.messageId));
        }
      }),
    close: () => connected(async (model) => void (await (await model.createChannel()).deleteQueue(queue))),
  };
}

async function connectFirst(urls: readonly string[]): Promise<ChannelModel> {
  let last: unknown;
  for (const url of urls) {
    try {
      return await connect(url);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
