import {
  defaultFalKey,
  queueDepths,
  rawRedis,
  startFalStandIn,
  startReceiver,
  startSystem,
  waitFor,
  type FalStandIn,
  type FalStandInOptions,
  type RawRedis,
  type Receiver,
  type System,
  type SystemOptions,
} from '@image2model/testing';
import { z } from 'zod';
import { photos } from './photos.js';
import {
  alertSchema,
  auditSchema,
  batchViewSchema,
  fileViewSchema,
  isTerminal,
  type Alert,
  type PaidBatch,
  type PaidFile,
} from './views.js';

export interface RigOptions {
  seed: number;
  fal: FalStandInOptions;
  workers: number;
  /** fal calls back; else its listing must do */
  callbacks: boolean;
  env?: Record<string, string>;
  replicas?: SystemOptions['replicas'];
  servers?: RigServers;
}

/** Servers of the caller's own instead of those that the tests share. */
export interface RigServers {
  amqpUrl: string;
  redisUrl: string;
  /** to the Redis that is the master when it is called */
  redis: RawRedis;
  /** of the management API, as it is now */
  apiUrl: () => string;
}

/** The whole system beside a stand-in of fal and a receiver of alerts. */
export class Rig {
  readonly redis: RawRedis;

  constructor(
    readonly seed: number,
    readonly fal: FalStandIn,
    readonly system: System,
    private readonly receiver: Receiver,
    private readonly servers?: RigServers,
  ) {
    this.redis = servers?.redis ?? rawRedis(system.redisUrl);
  }

  /** Messages in each queue that has any. */
  depths(): Promise<Record<string, number>> {
    const { amqpUrl } = this.system;
    return this.servers === undefined
      ? queueDepths(amqpUrl)
      : queueDepths(amqpUrl, new URL(this.servers.apiUrl()));
  }

  /** A batch of photos that no other file has. @returns its id */
  async send(files: number, fields: Record<string, string> = {}): Promise<string> {
    const settings = JSON.stringify({ face_limit: 500 });
    const images = await photos(files, this.seed);
    const { id } = await this.system.client.createUploadBatch(images, { settings, ...fields });
    return id;
  }

  async batch(id: string): Promise<PaidBatch> {
    return batchViewSchema.parse(await this.system.client.getBatch(id));
  }

  async files(id: string): Promise<PaidFile[]> {
    return z.array(fileViewSchema).parse(await this.system.client.listFiles(id));
  }

  async audit(id: string): Promise<z.output<typeof auditSchema>> {
    return auditSchema.parse((await this.system.client.request('GET', `/v1/batches/${id}/audit`)).body);
  }

  /** @returns the status and the body of the answer */
  async ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
    return this.system.client.request(method, path, {
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
  }

  /** @param onLook is told what the batch looked like, again and again */
  async ended(id: string, timeoutMs: number, onLook?: (batch: PaidBatch) => void): Promise<PaidBatch> {
    const look = async (): Promise<PaidBatch | null> => {
      const batch = await this.batch(id);
      onLook?.(batch);
      return isTerminal(batch) ? batch : null;
    };
    return waitFor(look, { timeoutMs, everyMs: 250, what: `${id} terminal` }).catch(async (error: Error) => {
      throw new Error(`${error.message}; ${JSON.stringify(await this.#unfinished(id))}`);
    });
  }

  /** What a batch that does not end waits for. */
  async #unfinished(id: string): Promise<PaidFile[]> {
    return (await this.files(id)).filter(({ status }) => status === 'pending' || status === 'running');
  }

  alerts(code: string): Alert[] {
    return this.receiver
      .bodies()
      .map((body) => alertSchema.parse(body))
      .filter((alert) => alert.code === code);
  }

  /** Sum over the workers that run now. */
  async metric(name: string): Promise<number> {
    const texts = await Promise.all(
      this.system
        .processes('model-worker')
        .map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text()),
    );
    const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line.startsWith(name));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async close(): Promise<void> {
    await this.system.stop();
    await Promise.all([this.fal.close(), this.receiver.close()]);
  }
}

/** @throws when the built services do not start */
export async function openRig({
  seed,
  fal,
  workers,
  callbacks,
  env = {},
  replicas = {},
  servers,
}: RigOptions): Promise<Rig> {
  const [standIn, receiver] = await Promise.all([
    startFalStandIn({ seed, faces: 100, ...fal }),
    startReceiver(),
  ]);
  try {
    const system = await startSystem({
      replicas: { ...replicas, 'model-worker': workers },
      ...(servers === undefined ? {} : { servers }),
      env: (gatewayUrl) => ({
        FAL_KEY: defaultFalKey,
        FAL_ORIGIN: standIn.origin,
        FAL_WEBHOOKS: callbacks ? 'on' : 'off',
        ...(callbacks ? { I2M_PUBLIC_URL: gatewayUrl } : {}),
        ALERT_WEBHOOK_URL: receiver.url,
        ...env,
      }),
    });
    return new Rig(seed, standIn, system, receiver, servers);
  } catch (error) {
    await Promise.all([standIn.close(), receiver.close()]);
    throw error;
  }
}
