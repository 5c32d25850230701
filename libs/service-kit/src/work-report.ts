/** A message in the hands of its handler. */
export interface ActiveWork {
  /** The message's type. */
  readonly task: string;
  readonly queue: string;
  readonly messageId: string;
  readonly batchId: string | null;
  readonly fileIdx: number | null;
  /** By this machine's clock. */
  readonly sinceMs: number;
  /** It only waits: for a slot or for its generation. */
  readonly resting: boolean;
}

/** One queue that a process consumes. */
export interface QueueWork {
  readonly queue: string;
  /** The type of its messages; null where they are not parsed. */
  readonly task: string | null;
  readonly prefetch: number;
  readonly prefetchMost: number;
  readonly restMost: number;
  /** Delivered to this process and not acknowledged. */
  readonly unacked: number;
  /** Those of them that are in work, resting ones too. */
  readonly active: number;
  readonly resting: number;
  readonly paused: boolean;
  /** Deliveries that ended since the start of the process. */
  readonly handled: number;
  /** How long the oldest of them is in work; null: none is. */
  readonly oldestUnackedMs: number | null;
}

/** What a process works on now and what it has done; the broker library makes one, the heartbeat carries it. */
export interface WorkReport {
  readonly queues: readonly QueueWork[];
  /** The oldest first. */
  readonly active: readonly ActiveWork[];
  /** Deliveries since the start, by `<task>:<outcome>`. */
  readonly handled: Readonly<Record<string, number>>;
}
