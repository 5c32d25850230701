export type QueueName = 'generate' | 'settled' | 'cancel' | 'dead';

/** A message of the simulated broker. */
export interface Message {
  queue: QueueName;
  id: string;
  /** the files it is about */
  files: readonly number[];
  gen: number;
  redelivered: boolean;
  deliveries: number;
  /** virtual ms; before it the message lies in a delay queue */
  readyAt: number;
  /** the process that has it unacked */
  holder: string | null;
  gone: boolean;
}

/** As the work queues are declared. */
const deliveryLimit = 20;

/** At least once: what is not acked comes back with the redelivered flag, in any order, after 20 deliveries as a dead letter. */
export class SimulatedBroker {
  private messages: Message[] = [];
  /** completions as they were published, every copy */
  readonly completions: { id: string; body: string }[] = [];

  publish(
    queue: QueueName,
    message: { id: string; files: readonly number[]; gen?: number; readyAt?: number },
  ): void {
    this.messages.push({
      queue,
      id: message.id,
      files: message.files,
      gen: message.gen ?? 0,
      readyAt: message.readyAt ?? 0,
      redelivered: false,
      deliveries: 0,
      holder: null,
      gone: false,
    });
  }

  ready(queue: QueueName, now: number): Message[] {
    return this.messages.filter((one) => one.queue === queue && one.holder === null && one.readyAt <= now);
  }

  /** Everything not acked yet, delayed and delivered messages too. */
  get size(): number {
    return this.messages.length;
  }

  deliver(message: Message, process: string): void {
    message.holder = process;
    message.deliveries += 1;
  }

  /** Whether a process has something unacked. */
  holds(process: string): boolean {
    return this.messages.some(({ holder }) => holder === process);
  }

  /** From a channel that was cut meanwhile an ack does nothing. */
  ack(message: Message, process: string): void {
    if (message.holder === process) this.remove(message);
  }

  /** The channel of a process is gone: its unacked messages come back. */
  requeue(process: string, only?: Message): number {
    const lost = this.messages.filter(
      (one) => one.holder === process && (only === undefined || one === only),
    );
    for (const message of lost) {
      message.holder = null;
      message.redelivered = true;
      if (message.deliveries > deliveryLimit) this.die(message);
    }
    return lost.length;
  }

  /** Another copy under the same id: its publisher did not hear the confirm. */
  duplicate(message: Message): void {
    this.messages.push({ ...message, holder: null, redelivered: false, deliveries: 0 });
  }

  remove(message: Message): void {
    message.gone = true;
    this.messages = this.messages.filter((one) => one !== message);
  }

  die(message: Message): void {
    message.queue = 'dead';
    message.redelivered = false;
    message.deliveries = 0;
  }
}
