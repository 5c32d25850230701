const field = 'event: ';
const idxField = '"idx":';

/**
 * Counts the facts of one batch's event stream. Of their data only `idx` is looked at, so that the reader costs less than
 * what it measures.
 */
export class FactReader {
  started = 0;
  done = 0;
  completions = 0;
  /** Different files among the done ones. */
  distinct = 0;
  /** Stream id of the first file.started; its part before the dash is in ms of Redis's clock. */
  firstStartedId = '';
  #rest = '';
  /** @type {Uint8Array} */
  #seen;

  /** @param {number} total files of the batch */
  constructor(total) {
    this.#seen = new Uint8Array(total);
  }

  /** @param {string} text the next piece of the stream, cut anywhere */
  push(text) {
    const all = this.#rest === '' ? text : this.#rest + text;
    let from = 0;
    for (;;) {
      const end = all.indexOf('\n\n', from);
      if (end === -1) break;
      this.#take(all, from, end);
      from = end + 2;
    }
    this.#rest = all.slice(from);
  }

  /** @param {string} text @param {number} from @param {number} end of one event */
  #take(text, from, end) {
    const found = text.indexOf(field, from);
    if (found === -1 || found > end) return;
    const at = found + field.length;
    if (text.startsWith('file.completed\n', at)) this.#complete(text, at, end);
    else if (text.startsWith('file.started\n', at)) {
      this.started += 1;
      if (this.started === 1) this.firstStartedId = /^id: (.*)$/m.exec(text.slice(from, end))?.[1] ?? '';
    } else if (text.startsWith('batch.completed\n', at)) this.completions += 1;
  }

  /** @param {string} text @param {number} from @param {number} end */
  #complete(text, from, end) {
    this.done += 1;
    const at = text.indexOf(idxField, from);
    if (at === -1 || at > end) return;
    const idx = Number.parseInt(text.slice(at + idxField.length, at + idxField.length + 7), 10);
    if (this.#seen[idx] !== 0) return;
    this.#seen[idx] = 1;
    this.distinct += 1;
  }
}
