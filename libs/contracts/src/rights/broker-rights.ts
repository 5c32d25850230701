import { allDeclarations } from '../declarations.js';
import { messageCatalog } from '../messages/catalog.js';
import { deadQueueName, exchanges, workQueues, type ServiceName } from '../topology.js';
import { publishedBy } from './publishers.js';

/** What a user may do in the virtual host; exact names, no patterns. Whatever is not named is refused. */
export interface BrokerRights {
  /** Queues and exchanges that it may declare, bind, delete. */
  readonly configure: readonly string[];
  /** Exchanges that it may publish to (and, for the deploy user, queues it may bind). */
  readonly write: readonly string[];
  /** Queues that it may consume and purge. Looking how long a queue is needs no right. */
  readonly read: readonly string[];
  /** Routing keys that it may publish with on the exchange `events`. */
  readonly events: readonly string[];
  /** Routing keys that it may bind queues to that exchange with. */
  readonly binds: readonly string[];
}

/** RabbitMQ checks the default exchange, whose routing keys are names of queues, by this name. */
export const defaultExchange = 'amq.default';

/** Collects the dead letters of all services, and redrives them straight into their queues. */
const deadLetterCollector: ServiceName = 'batch-orchestrator';
/** Its route POST /v1/ops/queues/{queue}/purge empties any queue, if it is let. */
const purger: ServiceName = 'gateway';

const typesOf = (kind: 'task' | 'event'): ReadonlySet<string> =>
  new Set(messageCatalog.filter((message) => message.kind === kind).map(({ type }) => type));

/**
 * What a service needs of RabbitMQ while somebody else declares the topology (I2M_TOPOLOGY=expect).
 * @param purge whether the gateway may empty queues, which takes the right to read all of them
 */
export function brokerRightsOf(service: ServiceName, { purge = false } = {}): BrokerRights {
  const own = workQueues.filter((queue) => queue.service === service);
  const types = publishedBy(service);
  const events = types.filter((type) => typesOf('event').has(type));
  const collects = service === deadLetterCollector;
  const write = [
    ...(types.some((type) => typesOf('task').has(type)) ? [exchanges.tasks.name] : []),
    ...(events.length > 0 ? [exchanges.events.name] : []),
    // what a handler cannot finish now waits on the ladder, and ends among the dead letters
    ...(own.length > 0 ? [exchanges.retry.name, exchanges.deadLetter.name] : []),
    ...(collects ? [defaultExchange] : []),
  ];
  const dead = collects ? workQueues.map(({ name }) => deadQueueName(name)) : [];
  const all = service === purger && purge ? allDeclarations().map(({ name }) => name) : [];
  return { configure: [], write, read: [...own.map(({ name }) => name), ...dead, ...all], events, binds: [] };
}

/** What the user that declares the topology needs: all of it by name, and nothing beside it. It need not publish. */
export function deployRights(): BrokerRights {
  const names = [
    ...Object.values(exchanges).map(({ name }) => name),
    ...allDeclarations().map(({ name }) => name),
  ];
  const binds = workQueues.filter(({ exchange }) => exchange === 'events').map((queue) => queue.routingKey);
  // a queue whose dead letters go to an exchange may be declared only by who may write there
  return { configure: names, write: [...names, defaultExchange], read: names, events: [], binds };
}

/** The regular expression that RabbitMQ takes for a list of names: each of them whole, nothing else; none of them: nothing. */
export const permissionPattern = (names: readonly string[]): string =>
  names.length === 0
    ? '^$'
    : `^(${names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`;
