import { sealEnvelope, type Envelope, type EnvelopeInput, type MessageType } from '@image2model/contracts';

/** The envelope of a message; one that names no trace of its own belongs to the sender's, if there is one. */
export const seal = (
  type: MessageType,
  input: EnvelopeInput<unknown>,
  traceparent: string | undefined,
): Envelope =>
  sealEnvelope(
    type,
    traceparent === undefined || input.traceparent !== undefined ? input : { ...input, traceparent },
  );
