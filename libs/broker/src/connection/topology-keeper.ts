import type { Channel, ChannelModel } from 'amqplib';
import { assertQueueNamed, assertTopology } from './assert-topology.js';
import { expectTopology } from './expect-topology.js';

/** `declare`: this process declares the topology itself; `expect`: somebody else has, and it needs no right to. */
export type TopologyMode = 'declare' | 'expect';

/** How a process comes to the exchanges and queues that it uses. */
export interface TopologyKeeper {
  /** Resolves when all of it is there; rejects when something is missing or exists with other arguments. */
  complete(model: ChannelModel): Promise<void>;
  /** Before a queue is consumed: somebody may have deleted it. */
  queue(channel: Channel, name: string): Promise<void>;
}

const keepers: Readonly<Record<TopologyMode, TopologyKeeper>> = {
  declare: { complete: assertTopology, queue: assertQueueNamed },
  // a queue that is missing refuses its consumer, which tries again until it is there
  expect: { complete: expectTopology, queue: () => Promise.resolve() },
};

export const topologyKeeper = (mode: TopologyMode): TopologyKeeper => keepers[mode];
