/** A method frame of class `connection` on channel 0. */
function connectionMethod(method: number, args: Buffer): Buffer {
  const frame = Buffer.alloc(7 + 4 + args.length + 1);
  frame.writeUInt8(1, 0);
  frame.writeUInt32BE(4 + args.length, 3);
  frame.writeUInt16BE(10, 7);
  frame.writeUInt16BE(method, 9);
  args.copy(frame, 11);
  frame.writeUInt8(0xce, frame.length - 1);
  return frame;
}

/** What RabbitMQ sends to a publishing connection when its memory or disk alarm goes off, and when it is over. */
export const blockedFrame = (reason: string): Buffer =>
  connectionMethod(60, Buffer.concat([Buffer.from([Buffer.byteLength(reason)]), Buffer.from(reason)]));
export const unblockedFrame = (): Buffer => connectionMethod(61, Buffer.alloc(0));
