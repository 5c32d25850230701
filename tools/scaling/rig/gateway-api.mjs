import { setMaxListeners } from 'node:events';
import { z } from 'zod';

/** @typedef {{ name: string, bytes: Uint8Array }} Photo */

const batchSchema = z.object({
  id: z.string(),
  status: z.string(),
  total_files: z.int(),
  counts: z.object({ completed: z.int() }),
});
const terminal = ['completed', 'partial', 'failed', 'cancelled'];

/** The part of the HTTP API that the measurements use. */
export class GatewayApi {
  /** @param {{ url: string, apiKey: string, signal: AbortSignal }} options */
  constructor({ url, apiKey, signal }) {
    this.url = url;
    this.apiKey = apiKey;
    this.signal = signal;
    // each request that is under way listens to it
    setMaxListeners(0, signal);
  }

  /**
   * @param {string} method @param {string} path @param {string | FormData} [body] a text is JSON
   * @returns {Promise<Response>} a good one
   */
  async request(method, path, body) {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      body,
      headers: {
        authorization: `Bearer ${this.apiKey}`,
        ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      },
      signal: this.signal,
    });
    if (answer.ok) return answer;
    throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }

  /** @param {string | FormData} body @returns {Promise<string>} id of a new batch */
  async #create(body) {
    const answer = await this.request('POST', '/v1/batches', body);
    return batchSchema.parse(await answer.json()).id;
  }

  /** Files of provider noop. @param {number} count @param {object} [fields] */
  noop(count, fields = {}) {
    return this.#create(JSON.stringify({ provider: 'noop', count, ...fields }));
  }

  /** @param {Photo[]} photos @param {Record<string, string>} fields */
  upload(photos, fields) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const { name, bytes } of photos) form.append('images', new Blob([Uint8Array.from(bytes)]), name);
    return this.#create(form);
  }

  /** @param {string} id @throws Error unless every file has its model */
  async requireCompleted(id) {
    const {
      status,
      counts,
      total_files: total,
    } = batchSchema.parse(await (await this.request('GET', `/v1/batches/${id}`)).json());
    if (status === 'completed' && counts.completed === total) return;
    const how = terminal.includes(status) ? 'ended as' : 'is still';
    throw new Error(`batch ${id} ${how} ${status} with ${counts.completed} of ${total} files`);
  }
}
