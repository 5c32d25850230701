import { allDeclarations, exchanges } from '@image2model/contracts';
import { permissionsOf, topicPermissionOf, type BrokerAccount } from '../accounts.js';
import { hashingAlgorithm, hashPassword } from '../rabbitmq/password-hash.js';

/** A file for RabbitMQ's `load_definitions` and for POST /api/definitions. */
export function rabbitmqDefinitions(vhost: string, accounts: readonly BrokerAccount[]): string {
  const queues = allDeclarations();
  const definitions = {
    vhosts: [{ name: vhost }],
    users: accounts.map(({ name, password, tags }) => ({
      ...{ name, password_hash: hashPassword(password), hashing_algorithm: hashingAlgorithm, tags },
    })),
    permissions: accounts.map(({ name, rights }) => ({ user: name, vhost, ...permissionsOf(rights) })),
    topic_permissions: accounts.map(({ name, rights }) => ({
      user: name,
      vhost,
      ...topicPermissionOf(rights),
    })),
    exchanges: Object.values(exchanges).map(({ name, type }) => ({
      ...{ name, vhost, type, durable: true, auto_delete: false, internal: false, arguments: {} },
    })),
    queues: queues.map(({ name, arguments: args }) => ({
      ...{ name, vhost, durable: true, auto_delete: false, arguments: args },
    })),
    bindings: queues.flatMap(({ name, bindings }) =>
      bindings.map(({ exchange, routingKey }) => ({
        ...{ source: exchange, vhost, destination: name, destination_type: 'queue' },
        ...{ routing_key: routingKey, arguments: {} },
      })),
    ),
  };
  return `${JSON.stringify(definitions, null, 2)}\n`;
}
