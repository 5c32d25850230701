import type { Channel } from 'amqplib';

/** What consumers hold at the moment they are cancelled. */
export interface WatchedCancels {
  /** Tell it of each handler that ended. */
  ended(id: string): void;
  count(): number;
  /** Messages in work whose consumer was cancelled. */
  holding(): string[];
  stop(): void;
}

/** Looks at every channel of this process. @param prototype of any of them */
export function watchCancels(prototype: Channel): WatchedCancels {
  const held = new Map<string, Set<string>>();
  const holding: string[] = [];
  let cancels = 0;
  const { consume, cancel } = prototype;
  prototype.consume = function (this: Channel, queue, onMessage, options = {}) {
    const ids = new Set<string>();
    held.set(options.consumerTag ?? '', ids);
    return consume.call(
      this,
      queue,
      (message) => {
        if (message !== null) ids.add(String(message.properties.messageId));
        onMessage(message);
      },
      options,
    );
  };
  prototype.cancel = function (this: Channel, tag) {
    cancels += 1;
    holding.push(...(held.get(tag) ?? []));
    return cancel.call(this, tag);
  };
  return {
    ended: (id) => {
      for (const ids of held.values()) ids.delete(id);
    },
    count: () => cancels,
    holding: () => holding,
    stop: () => void Object.assign(prototype, { consume, cancel }),
  };
}
