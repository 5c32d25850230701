import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePorts } from '../../system/free-ports.js';
import { waitFor } from '../../wait-for.js';
import type { Certificates } from './certificates.js';
import { startOwnProcess, type OwnProcess } from './own-process.js';
import { program } from './programs.js';
import { rabbitEnvironment, writeRabbitFiles, type RabbitFiles, type RabbitNode } from './rabbit-node.js';

export interface RabbitClusterOptions {
  /** default 3 */
  nodes?: number;
  /** AMQP by TLS alone */
  tls?: Certificates;
}

const nodesSchema = z.array(z.object({ name: z.string(), running: z.boolean() }));
const overviewSchema = z.object({
  listeners: z.array(z.object({ node: z.string(), protocol: z.string() })),
});
const queueSchema = z.object({
  name: z.string(),
  node: z.string().optional(),
  leader: z.string().optional(),
  members: z.array(z.string()).optional(),
  messages: z.number().optional(),
  messages_ready: z.number().optional(),
  messages_unacknowledged: z.number().optional(),
  consumers: z.number().optional(),
});
export type ClusterQueue = z.output<typeof queueSchema>;

const readyWithinMs = 180_000;

/** RabbitMQ nodes of one cluster: processes on loopback with an epmd of their own. */
export class RabbitCluster {
  readonly #processes = new Map<string, OwnProcess>();
  #epmd: OwnProcess | undefined;

  constructor(
    private readonly dir: string,
    private readonly nodes: readonly RabbitNode[],
    private readonly files: RabbitFiles,
  ) {}

  /** Every node, with commas in between. */
  get url(): string {
    const hosts = this.nodes.map(({ amqp }) => `127.0.0.1:${amqp}`).join(',');
    return `${this.files.tls === undefined ? 'amqp' : 'amqps'}://guest:guest@${hosts}/%2F`;
  }

  /** The same, one URL each. */
  get urls(): string[] {
    const scheme = this.files.tls === undefined ? 'amqp' : 'amqps';
    return this.nodes.map(({ amqp }) => `${scheme}://guest:guest@127.0.0.1:${amqp}/%2F`);
  }

  /** Origin of the management API of a node that runs, with its login. */
  get apiUrl(): string {
    const node = this.nodes.find(({ name }) => this.#processes.get(name)?.exited === false);
    return `http://guest:guest@127.0.0.1:${node?.management ?? 0}`;
  }

  async start(): Promise<void> {
    const { epmd } = this.files;
    this.#epmd = await startOwnProcess(program('epmd'), ['-address', '127.0.0.1', '-port', String(epmd)], {
      cwd: this.dir,
    });
    for (const node of this.nodes) {
      await writeRabbitFiles(node, this.files);
      await this.#run(node);
    }
    await this.waitRunning(this.nodes.length);
  }

  /** Resolves when so many nodes are up, know one another and take clients. @throws when so many do not live */
  async waitRunning(count: number): Promise<void> {
    const tooFew = (): boolean =>
      [...this.#processes.values()].filter(({ exited }) => !exited).length < count;
    try {
      await waitFor(async () => tooFew() || (await this.#serving().catch(() => 0)) === count, {
        timeoutMs: readyWithinMs,
        everyMs: 500,
        what: `${count} RabbitMQ nodes`,
      });
      if (tooFew()) throw new Error(`${count} RabbitMQ nodes were wanted, and fewer live`);
    } catch (error) {
      const said = [...this.#processes.values()].map((each) => each.output());
      throw new Error(`${String(error)}\n${said.join('\n')}`, { cause: error });
    }
  }

  async queues(): Promise<ClusterQueue[]> {
    return z.array(queueSchema).parse(await this.#get('queues/%2F'));
  }

  async queue(name: string): Promise<ClusterQueue> {
    return queueSchema.parse(await this.#get(`queues/%2F/${encodeURIComponent(name)}`));
  }

  /** Kills the node that leads a queue (or holds a classic one). @returns its name */
  async killLeader(queue: string): Promise<string> {
    const { leader, node } = await this.queue(queue);
    const name = (leader ?? node ?? '').replace(/@.*/, '');
    await this.kill(name);
    return name;
  }

  async kill(name: string): Promise<void> {
    const process = this.#processes.get(name);
    if (process === undefined) throw new Error(`no node ${name}`);
    await process.kill('SIGKILL');
  }

  /** Starts a node again that was killed; resolves when the cluster has it back. */
  async restart(name: string): Promise<void> {
    const node = this.nodes.find((each) => each.name === name);
    if (node === undefined) throw new Error(`no node ${name}`);
    await this.#run(node);
    await this.waitRunning([...this.#processes.values()].filter(({ exited }) => !exited).length);
  }

  /** Starts every node again that is dead. */
  async restartDead(): Promise<void> {
    for (const [name, { exited }] of this.#processes) if (exited) await this.restart(name);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((each) => each.kill('SIGKILL')));
    await this.#epmd?.kill('SIGKILL');
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async #run(node: RabbitNode): Promise<void> {
    const env = rabbitEnvironment(node, this.files.epmd);
    this.#processes.set(node.name, await startOwnProcess(program('rabbitmq'), [], { cwd: node.dir, env }));
  }

  /** How many nodes run with a listener for AMQP; a node serves the management API before, and without one too. */
  async #serving(): Promise<number> {
    const nodes = nodesSchema.parse(await this.#get('nodes'));
    const { listeners } = overviewSchema.parse(await this.#get('overview'));
    const listens = (name: string): boolean =>
      listeners.some(({ node, protocol }) => node === name && protocol.startsWith('amqp'));
    return nodes.filter(({ name, running }) => running && listens(name)).length;
  }

  async #get(path: string): Promise<unknown> {
    const { origin, username, password } = new URL(this.apiUrl);
    const login = Buffer.from(`${username}:${password}`).toString('base64');
    const response = await fetch(`${origin}/api/${path}`, {
      headers: { authorization: `Basic ${login}` },
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok) throw new Error(`the management API answers ${response.status} to ${path}`);
    return response.json();
  }
}

/** @throws when RabbitMQ is not on this machine, or its nodes do not come up */
export async function startRabbitCluster({
  nodes: count = 3,
  tls,
}: RabbitClusterOptions = {}): Promise<RabbitCluster> {
  const dir = await mkdtemp(join(tmpdir(), 'i2m-rabbits-'));
  const [epmd = 0, ...ports] = await freePorts(1 + 3 * count);
  const tag = randomBytes(3).toString('hex');
  const nodes = Array.from({ length: count }, (_, at): RabbitNode => {
    const [amqp = 0, dist = 0, management = 0] = ports.slice(3 * at, 3 * at + 3);
    const name = `i2m-${tag}-${at + 1}`;
    return { name, dir: join(dir, name), amqp, dist, management };
  });
  const names = nodes.map(({ name }) => name);
  const cluster = new RabbitCluster(dir, nodes, {
    epmd,
    cookie: randomBytes(16).toString('hex'),
    names,
    tls,
  });
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
