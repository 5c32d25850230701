/** A method of AMQP 0-9-1 by its numbers. */
export interface Method {
  classId: number;
  methodId: number;
}

const methodFrame = 1;
const headerBytes = 7;

/** One direction of a connection, frame by frame: what is passed on is whole, and methods that are to be lost are left out. */
export class FrameLoss {
  private rest = Buffer.alloc(0);

  /** @param isLost asked for each method frame */
  constructor(private readonly isLost: (method: Method) => boolean) {}

  pass(chunk: Buffer): Buffer {
    this.rest = Buffer.concat([this.rest, chunk]);
    const kept: Buffer[] = [];
    for (;;) {
      const frame = this.next();
      if (frame === undefined) return Buffer.concat(kept);
      const lost =
        frame.readUInt8(0) === methodFrame &&
        this.isLost({
          classId: frame.readUInt16BE(headerBytes),
          methodId: frame.readUInt16BE(headerBytes + 2),
        });
      if (!lost) kept.push(frame);
    }
  }

  private next(): Buffer | undefined {
    if (this.rest.length < headerBytes) return undefined;
    const size = headerBytes + this.rest.readUInt32BE(3) + 1;
    if (this.rest.length < size) return undefined;
    const frame = this.rest.subarray(0, size);
    this.rest = this.rest.subarray(size);
    return frame;
  }
}
