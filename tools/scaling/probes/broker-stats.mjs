import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** RabbitMQ's own statistics are this old at most, ms (its collect_statistics_interval is 5 s). */
const freshAfterMs = 5_500;

const overviewSchema = z.object({
  message_stats: z
    .object({ publish: z.number(), deliver_get: z.number(), ack: z.number() })
    .partial()
    .default({}),
  object_totals: z.object({ queues: z.number() }),
});
const connectionSchema = z.object({
  recv_oct: z.number(),
  send_oct: z.number(),
  channels: z.number(),
  client_properties: z.object({ connection_name: z.string().optional() }),
});
const connectionsSchema = z.array(connectionSchema);
/** @typedef {z.output<typeof connectionsSchema>} Connections */

/**
 * @typedef {object} BrokerStats
 * @property {number} published
 * @property {number} delivered
 * @property {number} acked
 * @property {number} bytesIn by AMQP, of the connections that are open
 * @property {number} bytesOut
 */

/** @param {unknown} overview answer of /api/overview @param {Connections} connections @returns {BrokerStats} */
export function brokerStatsOf(overview, connections) {
  const { publish = 0, deliver_get: delivered = 0, ack = 0 } = overviewSchema.parse(overview).message_stats;
  const sum = (/** @type {(each: Connections[number]) => number} */ pick) =>
    connections.reduce((all, each) => all + pick(each), 0);
  return {
    published: publish,
    delivered,
    acked: ack,
    bytesIn: sum((each) => each.recv_oct),
    bytesOut: sum((each) => each.send_oct),
  };
}

/** The management API of one broker. */
export class BrokerApi {
  /** @param {string} apiUrl with user and password */
  constructor(apiUrl) {
    const { origin, username, password } = new URL(apiUrl);
    this.origin = origin;
    this.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  /** @param {string} path @returns {Promise<unknown>} */
  async #get(path) {
    const answer = await fetch(`${this.origin}/api/${path}`, {
      headers: { authorization: this.authorization },
    });
    if (!answer.ok) throw new Error(`RabbitMQ's management answers ${answer.status} to /api/${path}`);
    return answer.json();
  }

  /** @returns {Promise<Connections>} */
  async connections() {
    return connectionsSchema.parse(await this.#get('connections'));
  }

  async queues() {
    return overviewSchema.parse(await this.#get('overview')).object_totals.queues;
  }

  /** Waits until RabbitMQ's statistics are as new as this call. @returns {Promise<BrokerStats>} */
  async stats() {
    await sleep(freshAfterMs);
    const [overview, connections] = await Promise.all([this.#get('overview'), this.connections()]);
    return brokerStatsOf(overview, connections);
  }
}
