import type { Envelope } from '@image2model/contracts';
import type { Options } from 'amqplib';
import type { RawMessage } from '../broker.js';
import type { Destination } from './destination.js';

/** A message ready to be written. */
export interface Outgoing {
  /** The message's type, for the text of a failure. */
  readonly type: string;
  readonly destination: Destination;
  readonly body: Buffer;
  /** One object per message: the publisher puts its own correlation id into it. */
  readonly properties: Options.Publish;
}

export const outgoingEnvelope = (
  envelope: Envelope,
  destination: Destination,
  priority?: number,
): Outgoing => ({
  type: envelope.type,
  destination,
  body: Buffer.from(JSON.stringify(envelope)),
  properties: {
    mandatory: destination.mandatory,
    persistent: true,
    contentType: 'application/json',
    type: envelope.type,
    messageId: envelope.id,
    timestamp: Math.floor(Date.parse(envelope.occurredAt) / 1000),
    ...(priority === undefined ? {} : { priority }),
    // where other tools look for it
    ...(envelope.traceparent === undefined ? {} : { headers: { traceparent: envelope.traceparent } }),
  },
});

/** Properties that would change how the broker treats the copy (expiration, userId) are not taken over. */
export const outgoingRaw = (message: RawMessage, destination: Destination): Outgoing => ({
  type: message.type ?? destination.routingKey,
  destination,
  body: message.body,
  properties: {
    mandatory: destination.mandatory,
    persistent: true,
    contentType: 'application/json',
    headers: message.headers,
    ...(message.type === undefined ? {} : { type: message.type }),
    ...(message.messageId === undefined ? {} : { messageId: message.messageId }),
    ...(message.timestamp === undefined ? {} : { timestamp: message.timestamp }),
    ...(message.priority === undefined ? {} : { priority: message.priority }),
  },
});
