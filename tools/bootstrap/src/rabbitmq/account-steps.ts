import { z } from 'zod';
import { permissionsOf, topicPermissionOf, type BrokerAccount } from '../accounts.js';
import type { Step } from '../steps.js';
import { part, type ManagementApi } from './management-api.js';
import { hashingAlgorithm, hashPassword, isPasswordOf } from './password-hash.js';

const userSchema = z.object({
  password_hash: z.string(),
  hashing_algorithm: z.string(),
  // a list from 3.9 on, words with commas before
  tags: z.union([z.array(z.string()), z.string().transform((text) => text.split(',').filter(Boolean))]),
});
const permissionsSchema = z.object({ configure: z.string(), write: z.string(), read: z.string() });
const topicSchema = z.array(z.object({ exchange: z.string(), write: z.string(), read: z.string() }));

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The virtual host of the services. */
export const vhostStep = (api: ManagementApi, vhost: string): Step => ({
  what: `RabbitMQ virtual host ${vhost}`,
  look: async () => ((await api.get(`vhosts/${part(vhost)}`)) === null ? 'missing' : null),
  change: () => api.put(`vhosts/${part(vhost)}`, { description: 'image2model' }),
});

/** A user and what it may do in the virtual host. */
export const accountSteps = (api: ManagementApi, vhost: string, account: BrokerAccount): Step[] => [
  userStep(api, account),
  permissionsStep(api, vhost, account),
  topicStep(api, vhost, account),
];

function userStep(api: ManagementApi, { name, password, tags }: BrokerAccount): Step {
  const path = `users/${part(name)}`;
  return {
    what: `RabbitMQ user ${name}`,
    look: async () => {
      const answer = await api.get(path);
      if (answer === null) return 'missing';
      const user = userSchema.parse(answer);
      if (!same(user.tags.toSorted(), [...tags].toSorted())) return 'other tags';
      return isPasswordOf(user, password) ? null : 'another password';
    },
    change: () =>
      api.put(path, {
        password_hash: hashPassword(password),
        hashing_algorithm: hashingAlgorithm,
        tags: tags.join(','),
      }),
  };
}

function permissionsStep(api: ManagementApi, vhost: string, { name, rights }: BrokerAccount): Step {
  const path = `permissions/${part(vhost)}/${part(name)}`;
  const wanted = permissionsOf(rights);
  return {
    what: `RabbitMQ permissions of ${name}`,
    look: async () => {
      const answer = await api.get(path);
      if (answer === null) return 'missing';
      const { configure, write, read } = permissionsSchema.parse(answer);
      return same({ configure, write, read }, wanted) ? null : 'others';
    },
    change: () => api.put(path, wanted),
  };
}

/** Without one, whoever may write to the exchange may publish every event. */
function topicStep(api: ManagementApi, vhost: string, { name, rights }: BrokerAccount): Step {
  const path = `topic-permissions/${part(vhost)}/${part(name)}`;
  const wanted = topicPermissionOf(rights);
  return {
    what: `RabbitMQ topic permissions of ${name}`,
    look: async () => {
      const found = topicSchema.parse((await api.get(path)) ?? []);
      const present = found.map(({ exchange, write, read }) => ({ exchange, write, read }));
      if (present.length === 0) return 'missing';
      return same(present, [wanted]) ? null : 'others';
    },
    change: async () => {
      await api.delete(path);
      await api.put(path, wanted);
    },
  };
}

/** The user that every RabbitMQ has, with a password that everybody knows. */
export const guestStep = (api: ManagementApi): Step => ({
  what: 'RabbitMQ user guest',
  look: async () => ((await api.get('users/guest')) === null ? null : 'exists'),
  change: () => api.delete('users/guest'),
});
