import { recordTasks } from '@image2model/service-kit';
import { AmqpBroker } from './amqp-broker.js';
import type { Broker, BrokerOptions } from './broker.js';
import { assertTopology } from './connection/assert-topology.js';
import { parseBrokerUrl } from './connection/broker-url.js';
import { keepChannel } from './connection/keep-channel.js';
import { Link } from './connection/link.js';
import type { Session } from './connection/session.js';
import { Consumers } from './consuming/consumers.js';
import { Publisher } from './publishing/publisher.js';
import type { Outgoing } from './publishing/outgoing.js';
import { ReadyCounter } from './ready-counter.js';
import { StateWatch } from './state-watch.js';

const defaults = { publishTimeoutMs: 10_000, maxWaitingPublishes: 20_000, drainMs: 20_000 };

/**
 * Resolves when both connections are up and the whole topology is asserted; keeps trying while the broker is away.
 * Two connections, because the broker stops reading from one that publishes too much: acks must not wait for that.
 * @throws TypeError for a URL that can never work; the signal's reason when it aborts first
 */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
  const { url, service, logger, metrics, signal, publishTimeoutMs, maxWaitingPublishes, drainMs } = {
    ...defaults,
    ...options,
  };
  signal?.throwIfAborted();
  const onTask = reporterOf(options);
  const publisher = new Publisher({ logger, timeoutMs: publishTimeoutMs, maxWaiting: maxWaitingPublishes });
  const stateWatch = new StateWatch(logger);
  const { publishing, consuming } = createLinks(url, { service, logger }, (connected, blocked) => {
    publisher.setBlocked(blocked);
    stateWatch.update({ connected, blocked });
  });
  publishing.use((session) => keepPublishing(session, publisher, options));
  await start([publishing, consuming], signal);

  const broker: AmqpBroker = new AmqpBroker({
    publisher,
    consumers: (self) => {
      const send = (message: Outgoing): Promise<void> => self.send(message);
      const consumers = new Consumers({ link: consuming, logger, onTask, broker: self, send });
      metrics?.beforeScrape(() => {
        for (const [task, active] of consumers.active()) metrics.set('active_tasks', { task }, active);
      });
      return consumers;
    },
    readyCounter: new ReadyCounter(() => consuming.session),
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

function createLinks(
  url: string,
  { service, logger }: Pick<BrokerOptions, 'service' | 'logger'>,
  onChange: (connected: boolean, blocked: boolean) => void,
): { publishing: Link; consuming: Link } {
  const brokerUrl = parseBrokerUrl(url);
  const create = (role: string): Link =>
    new Link({
      url: brokerUrl,
      name: `${service} (${role})`,
      logger,
      setUp: ({ model }) => assertTopology(model),
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
  { logger }: Pick<BrokerOptions, 'logger'>,
): void {
  let opened = false;
  // It cannot reject: whatever goes wrong in a channel ends in the next channel.
  void keepChannel({
    session,
    purpose: 'publish',
    logger,
    open: async () => {
      // A missing exchange may be why the last channel closed.
      if (opened) await assertTopology(session.model);
      opened = true;
      return session.model.createConfirmChannel();
    },
    use: async (channel) => publisher.attach(channel),
  });
}
