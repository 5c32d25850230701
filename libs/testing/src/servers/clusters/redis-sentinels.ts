import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../system/free-ports.js';
import { waitFor } from '../../wait-for.js';
import { askRedisAt } from './ask-redis.js';
import type { Certificates } from './certificates.js';
import { startOwnProcess, type OwnProcess } from './own-process.js';
import { program } from './programs.js';
import { listeningText, redisText, sentinelText } from './redis-texts.js';

export interface RedisSentinelsOptions {
  /** Everything speaks TLS, between the servers too. */
  tls?: Certificates;
  replicas?: number;
}

const name = 'mymaster';
const sentinelCount = 3;
/** Fast, for a test; a Redis that is slow for so long counts as dead. */
const downAfterMs = 1_500;

/** A master with replicas, and three Sentinels that watch it: processes on loopback. */
export class RedisSentinels {
  readonly #servers = new Map<number, OwnProcess>();
  readonly #sentinels = new Map<number, OwnProcess>();

  constructor(
    private readonly dir: string,
    private readonly tls: Certificates | undefined,
  ) {}

  /** redis+sentinel:// or rediss+sentinel:// */
  get url(): string {
    const hosts = [...this.#sentinels.keys()].map((port) => `127.0.0.1:${port}`).join(',');
    return `${this.#scheme}+sentinel://${hosts}/0?name=${name}`;
  }

  /** Of the master as it is now. */
  async masterUrl(): Promise<string> {
    return `${this.#scheme}://127.0.0.1:${await this.masterPort()}/0`;
  }

  async start(serverPorts: readonly number[], sentinelPorts: readonly number[]): Promise<void> {
    const [master = 0] = serverPorts;
    for (const port of serverPorts)
      this.#servers.set(port, await this.#run(port, redisText(port === master ? undefined : master), []));
    await waitFor(
      async () =>
        (await this.ask(master, 'INFO', 'replication')).includes(
          `connected_slaves:${serverPorts.length - 1}`,
        ),
      {
        timeoutMs: 30_000,
        what: 'replicas that follow',
      },
    );
    for (const port of sentinelPorts)
      this.#sentinels.set(
        port,
        await this.#run(port, sentinelText(name, master, downAfterMs), ['--sentinel']),
      );
    const known = async (port: number): Promise<boolean> => {
      const lines = (await this.ask(port, 'SENTINEL', 'MASTER', name)).split('\r\n');
      const number = (field: string): number => Number(lines[lines.indexOf(field) + 2]);
      return (
        number('num-slaves') === serverPorts.length - 1 && number('num-other-sentinels') === sentinelCount - 1
      );
    };
    await waitFor(async () => (await Promise.all(sentinelPorts.map(known))).every(Boolean), {
      timeoutMs: 30_000,
      what: 'Sentinels that know all servers',
    });
  }

  /** Which port the master has, as most Sentinels say. */
  async masterPort(): Promise<number> {
    const votes = new Map<number, number>();
    for (const port of this.#sentinels.keys()) {
      const [vote] =
        (await this.ask(port, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)).match(/\d+(?=\r\n$)/) ?? [];
      votes.set(Number(vote), (votes.get(Number(vote)) ?? 0) + 1);
    }
    return [...votes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
  }

  /** Kills the master. @returns how long it took until there was another one, ms */
  async killMaster(): Promise<number> {
    const dead = await this.masterPort();
    const at = performance.now();
    await this.#servers.get(dead)?.kill('SIGKILL');
    const another = async (): Promise<boolean> => {
      const port = await this.masterPort();
      return port !== dead && (await this.ask(port, 'INFO', 'replication')).includes('role:master');
    };
    await waitFor(another, { timeoutMs: 60_000, everyMs: 100, what: 'another master' });
    return Math.round(performance.now() - at);
  }

  /** Stops (or wakes) every server but the master. */
  async signalReplicas(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const master = await this.masterPort();
    for (const [port, server] of this.#servers)
      if (port !== master && !server.exited) await server.kill(signal);
  }

  /** Starts every server again that is dead; resolves when each of them follows the master. */
  async restartDead(): Promise<void> {
    const master = await this.masterPort();
    for (const [port, { exited }] of this.#servers)
      if (exited) this.#servers.set(port, await this.#run(port, redisText(master), []));
    const all = `connected_slaves:${this.#servers.size - 1}`;
    await waitFor(async () => (await this.ask(master, 'INFO', 'replication')).includes(all), {
      timeoutMs: 60_000,
      what: 'replicas that follow',
    });
  }

  /** @returns the reply as it was sent */
  ask(port: number, ...command: string[]): Promise<string> {
    return askRedisAt(port, command, this.tls?.ca);
  }

  async close(): Promise<void> {
    const all = [...this.#sentinels.values(), ...this.#servers.values()];
    await Promise.all(all.map((server) => server.kill('SIGKILL')));
    await rm(this.dir, { recursive: true, force: true });
  }

  get #scheme(): string {
    return this.tls === undefined ? 'redis' : 'rediss';
  }

  async #run(port: number, text: string, args: readonly string[]): Promise<OwnProcess> {
    const home = join(this.dir, String(port));
    await mkdir(home, { recursive: true });
    const file = join(home, 'redis.conf');
    await writeFile(file, `${listeningText(port, this.tls)}dir ${home}\n${text}`);
    return startOwnProcess(program('redis'), [file, ...args], { cwd: home });
  }
}

/** @throws when Redis is not on this machine, or its servers do not come up */
export async function startRedisSentinels({
  tls,
  replicas = 2,
}: RedisSentinelsOptions = {}): Promise<RedisSentinels> {
  const ports = await freePorts(1 + replicas + sentinelCount);
  const started = new RedisSentinels(await mkdtemp(join(tmpdir(), 'i2m-sentinels-')), tls);
  try {
    await started.start(ports.slice(0, 1 + replicas), ports.slice(1 + replicas));
    return started;
  } catch (error) {
    await started.close();
    throw error;
  }
}
