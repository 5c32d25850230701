import { Duplex } from 'node:stream';
import type { ChannelModel } from 'amqplib';

/** Bytes that wait for the socket before amqplib pauses: some hundred small messages. */
export const writeBufferBytes = 256 * 1024;

/**
 * amqplib hands each frame to the socket by itself, which is one system call a message. Corked until the end of the
 * present callback, the frames of one turn leave together. A model whose socket cannot be found works as it is.
 */
export function gatherWrites(model: ChannelModel): void {
  const { stream } = model.connection as { stream?: unknown };
  if (!(stream instanceof Duplex)) return;
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let corked = false;
  const uncork = (): void => {
    corked = false;
    stream.uncork();
  };
  stream.write = (...args: unknown[]): boolean => {
    if (!corked) {
      corked = true;
      stream.cork();
      process.nextTick(uncork);
    }
    return write(...args);
  };
}
