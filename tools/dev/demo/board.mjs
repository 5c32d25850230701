/**
 * @typedef {import('./gateway-client.mjs').FileStatus} FileStatus
 * @typedef {{ name: string, status: FileStatus, progress: number, stage: string | null, reason: string | null }} Row
 */

const terminal = new Set(['completed', 'partial', 'failed', 'cancelled']);

/** @param {string} status of a batch */
export const isTerminal = (status) => terminal.has(status);

/** @param {{ code: string, message: string } | null | undefined} error */
export const reasonOf = (error) => (error ? `${error.code}: ${error.message}` : null);

/** What is known of a running batch: from its events, or from asking. */
export class Board {
  /** @param {string[]} names by idx */
  constructor(names) {
    /** @type {Row[]} */
    this.rows = names.map((name) => ({ name, status: 'pending', progress: 0, stage: null, reason: null }));
    /** @type {string | null} once the batch has come to its end */
    this.finalStatus = null;
  }

  /** @param {import('./event-stream.mjs').StreamEvent} event */
  apply({ event, data }) {
    if (event === 'batch.completed') this.finalStatus = data.status;
    const row = this.rows[data.idx];
    if (row === undefined) return;
    if (event === 'file.progress' && row.status !== 'completed' && row.status !== 'failed') {
      Object.assign(row, { status: 'running', progress: data.progress, stage: data.stage });
    } else if (event === 'file.started') {
      row.status = 'running';
    } else if (/^file\.(completed|failed|cancelled)$/.test(event)) {
      row.status = /** @type {FileStatus} */ (event.slice('file.'.length));
      row.reason = reasonOf(data.error);
    }
  }

  /** @param {import('./gateway-client.mjs').Batch} batch @param {import('./gateway-client.mjs').BatchFile[]} files */
  update(batch, files) {
    if (isTerminal(batch.status)) this.finalStatus = batch.status;
    for (const { idx, status, progress, stage, error } of files) {
      const row = this.rows[idx];
      if (row !== undefined) Object.assign(row, { status, progress, stage, reason: reasonOf(error) });
    }
  }

  /** @param {FileStatus} status */
  count(status) {
    return this.rows.filter((row) => row.status === status).length;
  }

  /** Percent of the whole; a file that has ended counts in full, whatever its end. */
  get progress() {
    const done = (/** @type {Row} */ { status, progress }) =>
      status === 'pending' ? 0 : status === 'running' ? progress : 100;
    return this.rows.length === 0
      ? 100
      : this.rows.reduce((sum, row) => sum + done(row), 0) / this.rows.length;
  }
}
