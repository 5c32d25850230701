import { InvalidMessage, messageCatalog, openEnvelope, type WorkQueue } from '@image2model/contracts';
import { mostBodyBytes, type DeadLetterContent } from '@image2model/progress';

/** The message that a redrive would send, or why it cannot be sent. */
export type RedrivenMessage = { body: Buffer; messageId: string | undefined } | { unfit: string };

/**
 * A repaired body is parsed once more: the gateway that took it may know other versions than this build. What was not
 * repaired goes as it is, since it may have been a service that was broken.
 */
export function messageToSend(letter: DeadLetterContent, queue: WorkQueue | undefined): RedrivenMessage {
  const { repairedBody, body, encoding, bodyBytes, messageId } = letter;
  if (repairedBody === null) {
    if (bodyBytes > mostBodyBytes)
      return { unfit: `only the first MB of its ${bodyBytes} bytes is kept; redrive it with a new body` };
    const same = messageId === '' ? undefined : messageId;
    return { body: Buffer.from(body, encoding), messageId: same };
  }
  const bytes = Buffer.from(repairedBody);
  const type = messageCatalog.find((known) => known.type === queue?.message);
  try {
    if (type !== undefined) return { body: bytes, messageId: openEnvelope(type, bytes).id };
  } catch (error) {
    if (!(error instanceof InvalidMessage)) throw error;
    return { unfit: `the repaired body was not understood: ${error.message.slice(0, 500)}` };
  }
  return { unfit: 'nothing is known about the messages of its queue' };
}
