import { connect } from 'amqplib';

/**
 * Hears every batch.completed that the system publishes for programs outside.
 * @param {string} amqpUrl
 * @returns {Promise<{ of(batchId: string): { messages: number, ids: number }, stop(): Promise<void> }>}
 *   messages: deliveries about a batch so far; ids: different completions among them
 */
export async function watchCompletions(amqpUrl) {
  const connection = await connect(amqpUrl);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
  await channel.bindQueue(queue, 'events', 'batch.completed');
  /** @type {Map<string, string[]>} */
  const heard = new Map();
  await channel.consume(
    queue,
    (message) => {
      if (message === null) return;
      const { id, batchId } = JSON.parse(message.content.toString('utf8'));
      heard.set(batchId, [...(heard.get(batchId) ?? []), id]);
    },
    { noAck: true },
  );
  return {
    of: (batchId) => {
      const ids = heard.get(batchId) ?? [];
      return { messages: ids.length, ids: new Set(ids).size };
    },
    stop: () => connection.close(),
  };
}
