import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { maintenanceRun, newBatchId, sealEnvelope, type MaintenanceJob } from '@image2model/contracts';
import type { Progress, StagedFile } from '@image2model/progress';
import { publishBytes, rawRedis, type System } from '@image2model/testing';

/** Runs a job now, as an operator does. */
export async function askFor(system: System, job: MaintenanceJob): Promise<void> {
  const envelope = sealEnvelope(maintenanceRun, { id: `manual:${randomUUID()}`, payload: { job, tick: 0 } });
  await publishBytes(system.amqpUrl, 'tasks', 'maintenance.run', Buffer.from(JSON.stringify(envelope)));
}

const refused: StagedFile = {
  source: null,
  error: { code: 'input.empty', message: '0 bytes', retryable: false },
};
const madeAtOnce = 100;

/** Batches of 1–10 files that have ended and whose retention is over, each with two files in storage. */
export async function makeExpired(progress: Progress, storageDir: string, count: number): Promise<void> {
  for (let at = 0; at < count; at += madeAtOnce) {
    const size = Math.min(madeAtOnce, count - at);
    await Promise.all(Array.from({ length: size }, (_, n) => makeOne(progress, storageDir, 1 + (n % 10))));
  }
}

async function makeOne(progress: Progress, storageDir: string, total: number): Promise<void> {
  const id = newBatchId();
  const folder = join(storageDir, 'batches', id);
  await mkdir(join(folder, 'sources'), { recursive: true });
  await Promise.all([
    writeFile(join(folder, 'manifest.json'), '{}'),
    writeFile(join(folder, 'sources', '0'), '0123456789'),
  ]);
  const more = { name: null, lane: 'normal' as const, provider: 'noop', settings: {}, retentionHours: 0 };
  const batch = { id, tenant: 't', total, createdAtMs: Date.now(), ...more };
  await progress.batches.stage(
    batch,
    Array.from({ length: total }, () => refused),
  );
  await progress.batches.activate(id);
  for (const { eventId } of await progress.settlements.outbox(id))
    await progress.settlements.ackOutbox(id, eventId);
}

/** What other clients of Redis wait for their answers meanwhile. */
export interface Prober {
  /** @returns ms, in ascending order */
  stop(): Promise<number[]>;
}

/** A read of a hash, a write and a script every few ms, one after the other. */
export function probe(progress: Progress): Prober {
  const tookMs: number[] = [];
  let stopped = false;
  const calls: (() => Promise<unknown>)[] = [
    () => progress.batches.read(newBatchId()),
    () => progress.fleet.elect(`probe:${randomUUID()}`, 'probe', 1_000),
    () => progress.fleet.holdLease('probe', 'probe', 1_000),
  ];
  const running = (async () => {
    for (let n = 0; !stopped; n += 1) {
      const from = performance.now();
      await calls[n % calls.length]?.();
      tookMs.push(performance.now() - from);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await running;
      return tookMs.sort((a, b) => a - b);
    },
  };
}

export const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] ?? 0;

/** Names live batches in the indexes of ended ones again and again, as a retry leaves them there, and has everything looked through. */
export function tempt(system: System, ids: readonly string[]): { close(): Promise<void> } {
  const redis = rawRedis(system.redisUrl);
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      for (const index of ['i2m:expiry', 'i2m:ended'])
        await redis('ZADD', index, ...ids.flatMap((id) => [1, id]));
      await askFor(system, 'clean-up');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();
  return {
    close: async () => {
      stopped = true;
      await running;
    },
  };
}

/** Somebody's shop, that keeps some of its images back until it is told otherwise. */
export interface Shop {
  readonly origin: string;
  letGo(): void;
  close(): Promise<void>;
}

/** `/photo` is answered at once, `/late` not before `letGo`. */
export async function openShop(image: Uint8Array): Promise<Shop> {
  let letGo = (): void => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  const server = createServer((request, response) => {
    const ready = request.url?.startsWith('/late') === true ? released : Promise.resolve();
    void ready.then(() => response.end(image));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    letGo: () => letGo(),
    close: async () => {
      letGo();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
