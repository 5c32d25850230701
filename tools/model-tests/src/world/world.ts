import { checkAccount } from '../checks/check-money.js';
import { checkStep } from '../checks/check-step.js';
import { observeLedger } from '../checks/observe-ledger.js';
import { Oracle } from '../checks/oracle.js';
import { isTerminalByte, isTerminalState, takeSnapshot, type Snapshot } from '../checks/snapshot.js';
import { Till } from '../checks/till.js';
import { Violation } from '../checks/violation.js';
import type { Stats } from '../search/stats.js';
import { SimulatedBroker } from './broker.js';
import { RunConnection, type Connection } from './connection.js';
import { Flow } from './flow.js';
import { SimulatedProvider, type Paying } from './provider.js';
import { Stores } from './stores.js';

/** What an actor acts with. */
export interface Io {
  readonly world: World;
  /** the simulated process it runs in */
  readonly process: string;
  readonly stores: Stores;
  /** anything but a Redis command that takes a turn of its own: a publish, an ack */
  step<T>(label: string, act: () => T): Promise<T>;
}

const startMs = 1_750_000_000_000;

/** One batch, the actors around it, its broker and its clock. */
export class World {
  now = startMs;
  readonly broker = new SimulatedBroker();
  readonly oracle: Oracle;
  readonly till: Till;
  readonly provider = new SimulatedProvider();
  readonly flows: Flow[] = [];
  readonly refused = new Set<number>();
  /** past every gate, for the set-up and the last look */
  readonly direct: Stores;
  readonly raw: RunConnection;
  /** of the moment after the last step */
  snapshot: Snapshot | undefined;
  /** false while the counters are wrong on purpose */
  exact = true;
  /** how many appends were tried: their ids */
  appends = 0;
  /** how each run looked when it ended */
  readonly endings = new Map<number, Snapshot>();
  private found: unknown;
  private looks: { command: string; snapshot: Promise<Snapshot> }[] = [];

  constructor(
    readonly connection: Connection,
    readonly batchId: string,
    readonly stats: Stats,
    readonly trace: string[] | null,
    readonly crashLimit: number,
    /** what the provider of this run costs; null: nothing is paid */
    readonly paying: Paying | null,
  ) {
    this.till = new Till(stats);
    this.oracle = new Oracle(stats, () => this.now, crashLimit, this.till);
    this.raw = new RunConnection(connection, batchId, () => this.now, crashLimit);
    this.direct = new Stores(this.raw.client((_command, send) => send()));
  }

  note(text: string): void {
    this.trace?.push(text);
  }

  get seen(): Snapshot {
    if (this.snapshot === undefined) throw new Error('nothing was looked at yet');
    return this.snapshot;
  }

  async look(): Promise<void> {
    this.snapshot = await takeSnapshot(this.connection.redis, this.batchId);
  }

  /** Starts an actor; it runs up to its first step. */
  async spawn(name: string, process: string, body: (io: Io) => Promise<void>): Promise<Flow> {
    const flow = new Flow(name, process);
    const client = this.raw.client((command, send, args) =>
      flow.step(command, () => this.perform(flow, command, send, args)),
    );
    const io: Io = {
      world: this,
      process,
      stores: new Stores(client),
      step: (label, act) => flow.step(label, () => this.noted(flow, label, act)),
    };
    this.flows.push(flow);
    await flow.start(() => body(io));
    this.settle(flow);
    return flow;
  }

  /** Lets an actor take its next step and checks what came of it. */
  async resume(flow: Flow): Promise<void> {
    await flow.resume();
    const looks = this.looks;
    this.looks = [];
    if (this.found !== undefined) throw this.found;
    for (const { command, snapshot } of looks) this.compare(command, await snapshot);
    this.settle(flow);
  }

  async finish(flow: Flow): Promise<void> {
    while (flow.alive) await this.resume(flow);
  }

  /** kill -9: its actors are gone, its unacked messages come back. */
  crash(process: string): void {
    this.note(`${process} is killed`);
    for (const flow of this.flows.filter((one) => one.process === process)) this.drop(flow);
    this.stats.add('redelivery', this.broker.requeue(process));
  }

  drop(flow: Flow): void {
    flow.kill();
    const at = this.flows.indexOf(flow);
    if (at >= 0) this.flows.splice(at, 1);
  }

  private noted<T>(flow: Flow, label: string, act: () => T): T {
    this.note(`${flow.process} ${flow.name}: ${label}`);
    return act();
  }

  private async perform(
    flow: Flow,
    command: string,
    send: () => Promise<unknown>,
    args: readonly unknown[],
  ): Promise<unknown> {
    const sent = send();
    // a script may change the batch: looked at in the same round trip
    if (command.startsWith('lua_'))
      this.looks.push({ command, snapshot: takeSnapshot(this.connection.redis, this.batchId) });
    const reply = await sent;
    this.observe(command, args, reply);
    if (this.trace !== null)
      this.note(`${flow.process} ${flow.name}: ${commandText(command, args)} → ${JSON.stringify(reply)}`);
    return reply;
  }

  /** What the account finds is kept for the end of the step: thrown here, the store would take it for a fault of Redis. */
  private observe(command: string, args: readonly unknown[], reply: unknown): void {
    try {
      observeLedger(this, command, args, reply);
    } catch (error) {
      this.found ??= error;
    }
  }

  private compare(command: string, after: Snapshot): void {
    const before = this.seen;
    if (command === 'lua_recount_batch' || isTerminalState(after.state)) this.exact = true;
    checkStep(before, after, command, this.exact);
    checkAccount(this.till, before, after);
    for (let idx = 0; idx < after.states.length; idx += 1) {
      if (before.states[idx] === after.states[idx]) continue;
      if (before.states[idx] === undefined && after.states[idx] === 'F') this.refused.add(idx);
      else if (after.states[idx] === 'P') {
        this.oracle.retried(idx);
        this.till.retried(idx, after.run);
      }
      if (isTerminalByte(after.states[idx])) this.oracle.ended(idx);
    }
    if (after.run > before.run) this.oracle.runBegan();
    if (isTerminalState(after.state) && !isTerminalState(before.state)) this.runEnded(after);
    this.snapshot = after;
  }

  private runEnded(snapshot: Snapshot): void {
    this.stats.add(`run ${snapshot.state}`);
    this.oracle.checkEnd(snapshot, this.refused);
    this.endings.set(snapshot.run, snapshot);
  }

  private settle(flow: Flow): void {
    if (flow.alive) return;
    this.drop(flow);
    if (flow.error instanceof Violation) throw flow.error;
    if (flow.error !== undefined) {
      const { message, cause } = flow.error as Error;
      throw new Violation('errors', `${flow.process} ${flow.name}: ${message} ${String(cause ?? '')}`);
    }
  }
}

/** Without the keys of a script: they follow from its arguments. */
function commandText(command: string, args: readonly unknown[]): string {
  const own = command.startsWith('lua_') ? args.slice(1 + Number(args[0])) : args;
  return `${command.replace(/^lua_/, '')} ${own.filter((arg) => arg !== '').join(' ')}`;
}
