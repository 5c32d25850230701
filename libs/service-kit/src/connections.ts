import type { BaseConfig } from './base-config.js';
import { readTls, tlsFilesOf, type TlsOptions } from './tls-files.js';

/** How a process reaches a server; `tls` is asked anew at each connection. */
export interface ServerConnection {
  readonly url: string;
  readonly tls: () => TlsOptions;
}

export interface RedisConnection extends ServerConnection {
  /** On so many replicas a step that must not be lost is, before anybody hears that it was done. */
  readonly waitReplicas: number;
  /** How long one look for them takes, ms. */
  readonly waitMs: number;
}

/** What connectProgress needs of the configuration. */
export const redisOf = (config: BaseConfig): RedisConnection => ({
  url: config.REDIS_URL,
  tls: () => readTls(tlsFilesOf(config)),
  waitReplicas: config.REDIS_WAIT_REPLICAS,
  waitMs: config.REDIS_WAIT_MS,
});

export interface BrokerConnection extends ServerConnection {
  /** who declares exchanges and queues */
  readonly topology: BaseConfig['I2M_TOPOLOGY'];
}

/** What connectBroker needs of the configuration. */
export const rabbitmqOf = (config: BaseConfig): BrokerConnection => ({
  url: config.AMQP_URL,
  topology: config.I2M_TOPOLOGY,
  tls: () => readTls(tlsFilesOf(config)),
});
