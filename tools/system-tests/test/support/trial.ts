import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  laneQueues,
  modelGenerate,
  opsLaneListSchema,
  sealEnvelope,
  type Lane,
} from '@image2model/contracts';
import {
  publishBytes,
  waitFor,
  type AppProcess,
  type BatchView,
  type FalControl,
} from '@image2model/testing';
import { cutOut } from './cut-out.js';
import { jobsOf } from './paid-jobs.js';
import type { Action } from './actions.js';
import type { Random } from './random.js';
import { usualFal, type Rig } from './rig.js';
import { watchBatch, type WatchedBatch } from './watched-batch.js';

type Ends = Parameters<typeof watchBatch>[2];

/** What a scenario does with a rig in one run; every batch of it is watched. */
export class Trial {
  readonly batches: WatchedBatch[] = [];
  readonly #restores: (() => Promise<void>)[] = [];

  constructor(
    readonly rig: Rig,
    readonly random: Random,
    readonly action: Action,
  ) {}

  async noopBatch(files: number, ends?: Ends): Promise<WatchedBatch> {
    return this.#watch(await this.rig.client.createNoopBatch(files), ends);
  }

  async photoBatch(files: number): Promise<WatchedBatch> {
    return this.#uploaded(files, { provider: 'embedded', settings: JSON.stringify({ face_limit: 1_000 }) });
  }

  /** Files that are paid for. */
  async paidBatch(files: number, ends?: Ends): Promise<WatchedBatch> {
    return this.#uploaded(files, { provider: 'fal' }, ends);
  }

  async #uploaded(files: number, fields: Record<string, string>, ends?: Ends): Promise<WatchedBatch> {
    const uploads = Array.from({ length: files }, (_, idx) => ({
      name: `${idx}.png`,
      bytes: cutOut(),
      type: 'image/png',
    }));
    return this.#watch(await this.rig.client.createUploadBatch(uploads, fields), ends);
  }

  /** Images that a worker fetches by itself. */
  async urlBatch(files: number): Promise<WatchedBatch> {
    const images = Array.from({ length: files }, (_, idx) => ({ url: `${this.rig.photosUrl}/${idx}.png` }));
    const body = JSON.stringify({ provider: 'embedded', images, settings: { face_limit: 1_000 } });
    const headers = { 'content-type': 'application/json' };
    const answer = await this.rig.client.request('POST', '/v1/batches', { body, headers });
    if (answer.status !== 202) throw new Error(`expected 202: ${JSON.stringify(answer)}`);
    return this.#watch(answer.body as BatchView);
  }

  /** The counts of a batch, as a client sees them. */
  async counts({ id }: WatchedBatch): Promise<BatchView['counts']> {
    return (await this.rig.client.getBatch(id)).counts;
  }

  async waitRunning(batch: WatchedBatch, files: number): Promise<void> {
    const enough = async (): Promise<boolean> => (await this.counts(batch)).running >= files;
    await waitFor(enough, { everyMs: 20, what: `${files} running files` });
  }

  async waitCompleted(batch: WatchedBatch, files: number): Promise<void> {
    const enough = async (): Promise<boolean> => (await this.counts(batch)).completed >= files;
    await waitFor(enough, { everyMs: 20, what: `${files} completed files` });
  }

  /** All messages of the batch are confirmed by the broker. */
  async waitFannedOut({ id, total }: WatchedBatch): Promise<void> {
    const cursor = (): Promise<unknown> => this.rig.redis('HGET', `i2m:{${id}}:b`, 'cursor');
    await waitFor(async () => Number(await cursor()) === total, { everyMs: 20, what: `fan-out of ${id}` });
  }

  /** So many messages are ready in a lane; those that a killed worker had are back when the broker knows of its end. */
  async waitReady(lane: Lane, count: number): Promise<void> {
    const ready = async (): Promise<number | null | undefined> => {
      const { body } = await this.rig.client.request('GET', '/v1/ops/lanes');
      return opsLaneListSchema.parse(body).data.find((one) => one.lane === lane)?.ready;
    };
    await waitFor(async () => (await ready()) === count, { what: `${count} messages in the lane ${lane}` });
  }

  /** The batch has ended, its completion is relayed. */
  async waitRelayed({ id }: WatchedBatch): Promise<void> {
    const active = (): Promise<unknown> => this.rig.redis('ZSCORE', 'i2m:active', id);
    await waitFor(async () => (await active()) === null, { timeoutMs: 90_000, what: `${id} relayed` });
  }

  async cancel({ id }: WatchedBatch): Promise<void> {
    await this.rig.client.request('POST', `/v1/batches/${id}/cancel`);
  }

  /** A further task for a file; `version` 99 is one that nobody understands. */
  async publishTask({ id }: WatchedBatch, idx: number, version?: number): Promise<void> {
    const task = sealEnvelope(modelGenerate, { batchId: id, fileIdx: idx, payload: { gen: 0 } });
    const body = JSON.stringify(version === undefined ? task : { ...task, version });
    await publishBytes(this.rig.amqpUrl, 'tasks', laneQueues.normal.routingKey, Buffer.from(body));
  }

  /** fal is otherwise until `restore`. */
  changeFal(change: FalControl): void {
    this.rig.fal.control(change);
    this.#restores.push(() => Promise.resolve(this.rig.fal.control(usualFal)));
  }

  /** fal has accepted jobs for so many files of the batch. */
  async waitAccepted({ id }: WatchedBatch, files: number): Promise<void> {
    const enough = (): boolean => jobsOf(this.rig.fal, id).length >= files;
    await waitFor(enough, { everyMs: 20, what: `${files} accepted jobs` });
  }

  /** The source image of a file is out of reach until `restore`. */
  async hideSource({ id }: WatchedBatch, idx: number): Promise<void> {
    const path = join(this.rig.storageDir, 'batches', id, 'sources', String(idx));
    await rename(path, `${path}.hidden`);
    this.#restores.push(() => rename(`${path}.hidden`, path));
  }

  /** The peer sleeps until `restore`. */
  async stopPeer(): Promise<void> {
    const peer = this.rig.peer();
    await peer.kill('SIGSTOP');
    this.#restores.push(() => peer.kill('SIGCONT'));
  }

  /** The peer is dead until `restore`. */
  async killPeer(): Promise<void> {
    await this.rig.peer().kill('SIGKILL');
    this.#restores.push(() => this.rig.startPeer());
  }

  /** Undoes what the scenario took away; may be repeated. */
  async restore(): Promise<void> {
    for (let undo = this.#restores.shift(); undo !== undefined; undo = this.#restores.shift()) await undo();
  }

  /** Tells a process to end; does not wait for it. */
  drain({ pid }: AppProcess): void {
    process.kill(pid, 'SIGTERM');
  }

  /** Waits until an armed process has killed itself. */
  async killed(app: AppProcess): Promise<void> {
    await waitFor(() => app.exit !== undefined, { everyMs: 20, what: `the end of ${app.name}` });
  }

  #watch(view: BatchView, ends?: Ends): WatchedBatch {
    const batch = watchBatch(this.rig.client, view, ends);
    this.batches.push(batch);
    return batch;
  }
}
