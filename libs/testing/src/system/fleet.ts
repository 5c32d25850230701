import type { ServiceName } from '@image2model/contracts';
import { startApp, type AppProcess } from './app-process.js';

export interface FleetMember {
  name: ServiceName;
  index: number;
  adminPort: number;
  /** @see AppProcessOptions */
  home?: string | undefined;
}

/** Longer than the 25 s a service gives itself. */
const patienceMs = 28_000;

/** The processes of one system under test. */
export class Fleet {
  readonly #members: { member: FleetMember; process: AppProcess }[];
  readonly #past: AppProcess[] = [];

  constructor(
    members: readonly FleetMember[],
    readonly env: Readonly<Record<string, string>>,
  ) {
    this.#members = members.map((member) => ({ member, process: startApp({ ...member, env }) }));
  }

  processes(name?: ServiceName): AppProcess[] {
    return this.#members
      .map(({ process }) => process)
      .filter((process) => name === undefined || process.name === name);
  }

  /** One more process of a service, ready. */
  async add(name: ServiceName, adminPort: number): Promise<AppProcess> {
    const member = { name, index: this.processes(name).length, adminPort };
    const process = startApp({ ...member, env: this.env });
    this.#members.push({ member, process });
    await process.waitReady();
    return process;
  }

  async waitReady(): Promise<void> {
    await Promise.all(this.processes().map((process) => process.waitReady()));
  }

  kill(name: ServiceName, index = 0, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    return this.#find(name, index).process.kill(signal);
  }

  async restart(name: ServiceName, index = 0): Promise<void> {
    const entry = this.#find(name, index);
    await entry.process.kill('SIGKILL');
    this.#past.push(entry.process);
    entry.process = startApp({ ...entry.member, env: this.env });
    await entry.process.waitReady();
  }

  logs(): string {
    const all = [...this.#past, ...this.processes()];
    return all.map(({ name, index, pid, output }) => `--- ${name} ${index} (${pid})\n${output()}`).join('\n');
  }

  /** SIGTERM to all at once, SIGKILL to those that stay. */
  async stop(): Promise<void> {
    await Promise.all(
      this.processes().map(async (process) => {
        const timer = setTimeout(() => void process.kill('SIGKILL'), patienceMs);
        await process.kill('SIGTERM');
        clearTimeout(timer);
      }),
    );
  }

  #find(name: ServiceName, index: number): { member: FleetMember; process: AppProcess } {
    const entry = this.#members.find(({ member }) => member.name === name && member.index === index);
    if (entry === undefined) throw new RangeError(`no process ${index} of ${name} was started`);
    return entry;
  }
}
