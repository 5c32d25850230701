import {
  brokerRightsOf,
  deployRights,
  exchanges,
  permissionPattern,
  services,
  type BrokerRights,
} from '@image2model/contracts';
import { redisRulesOf, type RedisUser } from '@image2model/progress';
import { createHash } from 'node:crypto';
import { parseBrokerList } from '@image2model/service-kit';
import { passwordsOf, type BootstrapConfig } from './config.js';

/** A user of RabbitMQ as it is to be. */
export interface BrokerAccount {
  readonly name: string;
  readonly password: string;
  /** `monitoring`: sees queues and nodes through the management API. */
  readonly tags: readonly string[];
  readonly rights: BrokerRights;
}

/** Regular expressions, as RabbitMQ has them. */
export interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

const none: BrokerRights = { configure: [], write: [], read: [], events: [], binds: [] };

/** The login and virtual host of the deploy user. */
export function deployLogin(config: BootstrapConfig): { name: string; password: string; vhost: string } {
  const url = new URL(parseBrokerList(config.BOOTSTRAP_AMQP_URL)[0] ?? '');
  return {
    name: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    vhost: decodeURIComponent(url.pathname.slice(1)) || '/',
  };
}

/** Every user that the job makes on RabbitMQ. An administrator that declares the topology itself is left as it is. */
export function brokerAccounts(config: BootstrapConfig): BrokerAccount[] {
  const { BOOTSTRAP_USER_PREFIX: prefix, BOOTSTRAP_PASSWORD_MONITORING: monitoring } = config;
  const passwords = passwordsOf(config);
  const deploy = deployLogin(config);
  const admin = decodeURIComponent(new URL(config.BOOTSTRAP_AMQP_API_URL).username);
  return [
    ...(deploy.name === admin
      ? []
      : [{ name: deploy.name, password: deploy.password, tags: [], rights: deployRights() }]),
    ...services.map((service) => ({
      name: `${prefix}${service}`,
      password: passwords[service],
      tags: [],
      rights: brokerRightsOf(service, { purge: config.BOOTSTRAP_ALLOW_PURGE }),
    })),
    ...(monitoring === undefined
      ? []
      : [{ name: `${prefix}monitoring`, password: monitoring, tags: ['monitoring'], rights: none }]),
  ];
}

export const permissionsOf = ({ configure, write, read }: BrokerRights): Permissions => ({
  configure: permissionPattern(configure),
  write: permissionPattern(write),
  read: permissionPattern(read),
});

/** What may be published to `events` and bound to it, by routing key. */
export const topicPermissionOf = ({
  events,
  binds,
}: BrokerRights): { exchange: string; write: string; read: string } => ({
  exchange: exchanges.events.name,
  write: permissionPattern(events),
  read: permissionPattern(binds),
});

/** Every user that the job makes on each Redis server. */
export function redisAccounts(config: BootstrapConfig): RedisUser[] {
  const passwords = passwordsOf(config);
  return services.map((service) => ({
    name: `${config.BOOTSTRAP_USER_PREFIX}${service}`,
    passwordSha256: createHash('sha256').update(passwords[service]).digest('hex'),
    rules: redisRulesOf(service),
  }));
}
