import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { photoType } from './photos.mjs';

/**
 * @typedef {{ title?: string, detail?: string, code?: string, errors?: { path: string, message: string }[] }} Problem
 * @typedef {{ pending: number, running: number, completed: number, failed: number, cancelled: number }} Counts
 * @typedef {{ id: string, status: string, total_files: number, counts: Counts, progress: number }} Batch
 * @typedef {'pending' | 'running' | 'completed' | 'failed' | 'cancelled'} FileStatus
 * @typedef {{ idx: number, name: string, status: FileStatus, progress: number, stage: string | null,
 *   model: { bytes: number, sha256: string, faces: number } | null,
 *   error: { code: string, message: string } | null, processing_ms: number | null }} BatchFile
 */

const pageSize = 1000;

/** A request that the gateway refused, with its reasons. */
export class Refusal extends Error {
  /** @param {number} status @param {Problem} problem */
  constructor(status, problem) {
    super(`the gateway answers ${status}: ${problem.detail ?? problem.title ?? 'without a reason'}`);
    this.status = status;
    this.problem = problem;
  }
}

/** The part of the HTTP API that the demo uses. */
export class GatewayClient {
  /** @param {{ url: string, apiKey: string, signal: AbortSignal }} options */
  constructor({ url, apiKey, signal }) {
    this.url = url;
    this.apiKey = apiKey;
    this.signal = signal;
  }

  /**
   * @param {string} path
   * @param {{ method?: string, body?: FormData, headers?: Record<string, string>, signal?: AbortSignal }} [options]
   */
  async request(path, { method, body, headers, signal = this.signal } = {}) {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      body,
      headers: { authorization: `Bearer ${this.apiKey}`, ...headers },
      signal,
    });
    if (answer.ok) return answer;
    throw new Refusal(answer.status, /** @type {Problem} */ (await answer.json().catch(() => ({}))));
  }

  /** @param {string} path @param {Parameters<GatewayClient['request']>[1]} [options] @returns {Promise<any>} */
  async #json(path, options) {
    return (await this.request(path, options)).json();
  }

  /**
   * Sends the photos as one batch, streamed from disk. Their order is that of the files' `idx`.
   * @param {string[]} photos
   * @param {Record<string, string>} fields
   * @returns {Promise<Batch>}
   */
  async createBatch(photos, fields) {
    const form = new FormData();
    // Fields first: the gateway then knows them when the images arrive.
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const photo of photos) {
      form.append('images', await openAsBlob(photo, { type: photoType(photo) }), basename(photo));
    }
    return this.#json('/v1/batches', { method: 'POST', body: form });
  }

  /** @param {string} id @returns {Promise<Batch>} */
  batch(id) {
    return this.#json(`/v1/batches/${id}`);
  }

  /** @param {string} id @returns {Promise<BatchFile[]>} all of them, by idx */
  async files(id) {
    const files = [];
    for (let cursor = null; ;) {
      const page = await this.#json(
        `/v1/batches/${id}/files?limit=${pageSize}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      files.push(...page.data);
      cursor = page.next_cursor;
      if (cursor === null) return files;
    }
  }

  /** @param {string} id */
  async manifest(id) {
    return (await this.request(`/v1/batches/${id}/manifest`)).text();
  }

  /** @param {string} id @param {number} idx */
  model(id, idx) {
    return this.request(`/v1/batches/${id}/files/${idx}/model`);
  }
}
