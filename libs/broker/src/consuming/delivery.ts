import type { ConsumeMessage } from 'amqplib';
import type { RawDelivery, RawMessage } from '../broker.js';

/** A message as the broker gave it to one channel. */
export interface Delivery {
  readonly message: ConsumeMessage;
  /** False when its channel is gone: the message is the broker's again and will be delivered anew. */
  readonly alive: () => boolean;
  /** As `HandlerContext.rest`. */
  readonly rest: () => () => void;
  /** Whether it rests now. */
  readonly seat: { readonly resting: boolean };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** What a copy of the message keeps of it. */
export const rawOf = ({ content, properties }: ConsumeMessage): RawMessage => ({
  body: content,
  headers: properties.headers ?? {},
  messageId: text(properties.messageId),
  type: text(properties.type),
  timestamp: number(properties.timestamp),
  priority: number(properties.priority),
});

export const rawDeliveryOf = (message: ConsumeMessage, queue: string): RawDelivery => ({
  ...rawOf(message),
  redelivered: message.fields.redelivered,
  queue,
});
