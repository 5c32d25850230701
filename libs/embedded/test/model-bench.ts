import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { MeshReport, Model, ModelOptions } from '../src/index.js';
import { buildThread } from './build-thread.js';

export interface CheckedModel {
  readonly model: Model;
  readonly stages: readonly [stage: string, percent: number][];
  readonly report: MeshReport;
  readonly validator: { readonly messages: readonly unknown[]; readonly triangles: number };
  readonly sha256: string;
}

/** Two threads that make and check models, each one at a time. */
export class ModelBench {
  readonly #script = buildThread('bench-thread.ts');
  readonly #workers = [new Worker(this.#script), new Worker(this.#script)];
  readonly #turns = this.#workers.map(() => Promise.resolve());
  #next = 0;

  async make(image: Uint8Array, options: ModelOptions): Promise<CheckedModel> {
    const mine = this.#next++ % this.#workers.length;
    const made = (this.#turns[mine] ?? Promise.resolve()).then(() => this.#ask(mine, { image, options }));
    this.#turns[mine] = made.then(
      () => {},
      () => {},
    );
    return made;
  }

  async #ask(thread: number, task: object): Promise<CheckedModel> {
    const worker = this.#workers[thread];
    if (!worker) throw new RangeError(`There is no thread ${thread}.`);
    worker.postMessage(task);
    const [answer] = (await once(worker, 'message')) as [{ checked: CheckedModel; error?: unknown }];
    if (answer.error !== undefined) throw answer.error;
    return answer.checked;
  }

  /** Also expects everything that must hold for every model, whatever the photo. */
  async makeSound(image: Uint8Array, options: ModelOptions): Promise<CheckedModel> {
    const checked = await this.make(image, options);
    const { model, report, validator } = checked;
    expect(validator.messages).toEqual([]);
    expect(report).toMatchObject({ nonManifoldEdges: 0, degenerateFaces: 0, badNormals: 0 });
    expect(report.volume).toBeGreaterThan(0);
    expect([report.faces, validator.triangles]).toEqual([model.faces, model.faces]);
    expect(report.vertices).toBe(model.vertices);
    expect(model.faces).toBeLessThanOrEqual(options.faceLimit);
    expect(model.faces).toBeGreaterThanOrEqual(options.faceLimit >= 1000 ? options.faceLimit - 1 : 4);
    return checked;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
