import { code, page, table } from './markdown.mjs';

const list = (names) => (names.length === 0 ? 'nothing' : names.map(code).join(' '));

/** Long lists of queues by their common ends. */
function queuesText(names, contracts) {
  const dead = contracts.workQueues.map(({ name }) => contracts.deadQueueName(name));
  if (!dead.every((name) => names.includes(name))) return list(names);
  const rest = names.filter((name) => !dead.includes(name));
  return `${list(rest)}, and every ${code('<queue>.dead')}`;
}

function brokerTable({ contracts }) {
  return table(
    ['user', 'publishes to', 'events', 'reads'],
    contracts.services.map((service) => {
      const { write, events, read } = contracts.brokerRightsOf(service);
      return [code(service), list(write), list(events), queuesText(read, contracts)];
    }),
  );
}

function keyTable({ contracts, keyCatalog, rights }) {
  const word = { write: 'writes', read: 'reads', null: '' };
  return table(
    ['key', ...contracts.services],
    keyCatalog.map((entry) => [
      code(entry.pattern),
      ...contracts.services.map((service) => word[String(rights.accessTo(entry.name, service))]),
    ]),
  );
}

const channelTable = ({ contracts, rights }) =>
  table(
    ['user', 'channels'],
    contracts.services.map((service) => [code(service), list(rights.channelsOf(service))]),
  );

/** What the user of each service may do: what the bootstrap job makes. */
export const rightsPage = (sources) =>
  page(
    'Rights',
    'Who may do what on RabbitMQ and Redis when each service has a user of its own (docs/security.md). Whatever is not here is refused.',
    '## RabbitMQ',
    'Nobody declares, deletes or binds: the deploy user does. `amq.default` is the default exchange. Looking how long a queue is takes no right.',
    brokerTable(sources),
    '## Redis: keys',
    'Who writes also reads. Redis asks for the right to write all keys of a script, so `writes` also stands where a script only looks.',
    keyTable(sources),
    '## Redis: channels',
    channelTable(sources),
  );
