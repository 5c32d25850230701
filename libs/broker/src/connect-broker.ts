import { recordTasks } from '@image2model/service-kit';
import { AmqpBroker } from './amqp-broker.js';
import type { Broker, BrokerOptions } from './broker.js';
import { parseBrokerUrls } from './connection/broker-url.js';
import { keepChannel } from './connection/keep-channel.js';
import { Link } from './connection/link.js';
import type { Session } from './connection/session.js';
import { topologyKeeper, type TopologyKeeper } from './connection/topology-keeper.js';
import { Consumers } from './consuming/consumers.js';
import { Publisher } from './publishing/publisher.js';
import type { Outgoing } from './publishing/outgoing.js';
import { QueueInspector } from './queue-inspector.js';
import { StateWatch } from './state-watch.js';

const defaults = { publishTimeoutMs: 10_000, maxWaitingPublishes: 20_000, drainMs: 20_000 };

/**
 * Resolves when both connections are up and the whole topology is there; keeps trying while the broker is away.
 * Two connections, because the broker stops reading from one that publishes too much: acks must not wait for that.
 * @throws TypeError for a URL that can never work; the signal's reason when it aborts first
 */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
  const { url, tls, service, logger, metrics, signal, publishTimeoutMs, maxWaitingPublishes, drainMs } = {
    ...defaults,
    ...options,
  };
  signal?.throwIfAborted();
  const onTask = reporterOf(options);
  const publisher = new Publisher({ logger, timeoutMs: publishTimeoutMs, maxWaiting: maxWaitingPublishes });
  const stateWatch = new StateWatch(logger);
  const topology = topologyKeeper(options.topology ?? 'declare');
  const linked = { service, logger, topology, tls, onWait: options.onWait };
  const { publishing, consuming } = createLinks(url, linked, (connected, blocked) => {
    publisher.setBlocked(blocked);
    stateWatch.update({ connected, blocked });
  });
  publishing.use((session) => keepPublishing(session, publisher, { logger, topology }));
  await start([publishing, consuming], signal);

  const broker: AmqpBroker = new AmqpBroker({
    publisher,
    consumers: (self) => {
      const send = (message: Outgoing): Promise<void> => self.send(message);
      const consumers = new Consumers({
        ...{ link: consuming, topology, logger, onTask, broker: self, send },
        outages: options.outages ?? {},
      });
      metrics?.beforeScrape(() => {
        for (const [task, active] of consumers.active()) metrics.set('active_tasks', { task }, active);
      });
      return consumers;
    },
    inspector: new QueueInspector(() => consuming.session),
    stateWatch,
    disconnect: () => stop([publishing, consuming]),
    drainMs,
    logger,
  });
  return broker;
}

/** The caller's hook and the metrics, whichever there are. */
function reporterOf({ metrics, onTask }: BrokerOptions): BrokerOptions['onTask'] {
  if (metrics === undefined) return onTask;
  const record = recordTasks(metrics);
  return (task) => {
    record(task);
    onTask?.(task);
  };
}

interface LinkedParts extends Pick<BrokerOptions, 'service' | 'logger'> {
  tls: BrokerOptions['tls'] | undefined;
  topology: TopologyKeeper;
  onWait: BrokerOptions['onWait'];
}

function createLinks(
  url: string,
  { service, logger, topology, tls, onWait }: LinkedParts,
  onChange: (connected: boolean, blocked: boolean) => void,
): { publishing: Link; consuming: Link } {
  const urls = parseBrokerUrls(url);
  const create = (role: string): Link =>
    new Link({
      urls,
      tls,
      name: `${service} (${role})`,
      logger,
      setUp: ({ model }) => topology.complete(model),
      ...(onWait === undefined ? {} : { onWait }),
      onChange: () =>
        onChange(publishing.session !== undefined && consuming.session !== undefined, publishing.blocked),
    });
  const publishing = create('publish');
  const consuming = create('consume');
  return { publishing, consuming };
}

/** One after the other: the second finds the topology there. */
async function start(links: readonly Link[], signal: AbortSignal | undefined): Promise<void> {
  const giveUp = (): void => void stop(links);
  signal?.addEventListener('abort', giveUp, { once: true });
  for (const link of links) await link.start();
  signal?.removeEventListener('abort', giveUp);
  if (signal?.aborted !== true) return;
  await stop(links);
  signal.throwIfAborted();
}

async function stop(links: readonly Link[]): Promise<void> {
  await Promise.all(links.map((link) => link.stop()));
}

function keepPublishing(
  session: Session,
  publisher: Publisher,
  { logger, topology }: Pick<LinkedParts, 'logger' | 'topology'>,
): void {
  let opened = false;
  // It cannot reject: whatever goes wrong in a channel ends in the next channel.
  void keepChannel({
    session,
    purpose: 'publish',
    logger,
    open: async () => {
      // A missing exchange may be why the last channel closed.
      if (opened) await topology.complete(session.model);
      opened = true;
      return session.model.createConfirmChannel();
    },
    use: async (channel) => publisher.attach(channel),
  });
}
