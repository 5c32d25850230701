import { Accounts } from './accounts.js';
import { FaultBook } from './fault-book.js';
import { JobQueue } from './job-queue.js';
import type { Job } from './job.js';
import { merged } from './merged.js';
import { Models } from './models.js';
import {
  controlSchema,
  defaultFalKey,
  defaultListing,
  defaultWebhooks,
  standInOptionsSchema,
  type FalControl,
  type FalStandInOptions,
  type ListingOptions,
} from './options.js';
import { RequestCounts } from './request-counts.js';
import { Storage } from './storage.js';
import { WebhookKeys } from './webhook-keys.js';
import { Webhooks } from './webhooks.js';

const usualFaces = 800;

/** Everything the stand-in remembers, without HTTP. */
export class World {
  readonly accounts = new Accounts();
  readonly keys = new WebhookKeys();
  readonly storage = new Storage();
  readonly counts = new RequestCounts();
  readonly faults: FaultBook;
  readonly queue: JobQueue;
  readonly webhooks: Webhooks;
  listing: ListingOptions;
  faces: number;

  private constructor(
    readonly options: ReturnType<typeof standInOptionsSchema.parse>,
    readonly models: Models,
    readonly origin: string,
  ) {
    const {
      seed,
      concurrency = 2,
      duration = { kind: 'fixed', ms: 500 },
      cancelRunning = 'finishes',
    } = options;
    this.faults = new FaultBook(seed);
    this.webhooks = new Webhooks(defaultWebhooks, this.keys, this, seed);
    this.queue = new JobQueue({ concurrency, duration, cancelRunning }, seed, this.webhooks);
    this.faces = options.faces ?? usualFaces;
    this.accounts.set(options.keys ?? { [defaultFalKey]: 'ok' });
    this.faults.write(options.faults ?? []);
    this.webhooks.change(options.webhooks ?? {});
    this.listing = merged(defaultListing, options.listing);
  }

  /** @throws ZodError for options that are none */
  static async make(options: FalStandInOptions, origin: string): Promise<World> {
    return new World(standInOptionsSchema.parse(options), await Models.make(), origin);
  }

  /** @throws ZodError when the change is none; nothing has changed then */
  change(control: FalControl): void {
    const next = controlSchema.parse(control);
    if (next.faults !== undefined) this.faults.write(next.faults);
    this.accounts.set(next.keys ?? {});
    this.webhooks.change(next.webhooks ?? {});
    this.listing = merged(this.listing, next.listing);
    this.faces = next.faces ?? this.faces;
    if (next.rotateJwks !== undefined) this.keys.rotate(next.rotateJwks);
    const { concurrency, duration, cancelRunning } = next;
    this.queue.change({ concurrency, duration, cancelRunning });
    if (next.finish === true) this.queue.finishRunning();
  }

  /** The address of a path under v3.fal.media, in the form that is configured. */
  fileUrl(path: string): string {
    return this.options.fileUrls === 'fal'
      ? `https://v3.fal.media${path}`
      : `${this.origin}/v3.fal.media${path}`;
  }

  fileBytes(job: Job, name: string): number {
    return this.models.size(job, name, this.faces);
  }

  queueUrl(path: string): string {
    return this.options.queueUrls === 'fal'
      ? `https://queue.fal.run${path}`
      : `${this.origin}/queue.fal.run${path}`;
  }

  /** The file a url names, in either form; null for anything that is not of this storage. */
  filePath(url: string): string | null {
    const [, path] = /^https?:\/\/(?:[^/]+\/)?v3\.fal\.media(\/[^?#]*)/.exec(url) ?? [];
    return path ?? null;
  }
}
