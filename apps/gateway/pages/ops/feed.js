/* global document, setTimeout */

import { follow, Refused } from './api.js';
import { el } from './dom.js';
import { clock } from './words.js';

const shown = 200;
const againMs = [500, 1_000, 2_000, 5_000];

const loud = /failed|dead-letter\.added|disabled|parked|paused|purged/;
const good = /completed|resumed|redriven/;

function draw({ event, data }) {
  const list = document.querySelector('#feed ol');
  const kind = loud.test(event) ? 'bad' : good.test(event) ? 'good' : 'soft';
  const who = data.by ? ` · ${data.by}` : '';
  list.prepend(
    el(
      'li',
      { title: JSON.stringify(data.details ?? {}) },
      el('span', { class: 'soft' }, clock(data.at)),
      el('span', { class: kind }, event),
      el('span', {}, `${data.message}${who}`),
    ),
  );
  while (list.children.length > shown) list.lastElementChild.remove();
}

/**
 * Follows the events until `leave`; a broken stream is taken up where it broke.
 * @param {{ alive(): void, lost(): void, refused(error: Error): void, leave: AbortSignal }} told
 */
export async function watchEvents({ alive, lost, refused, leave }) {
  let last = null;
  for (let tries = 0; !leave.aborted; tries += 1) {
    const take = (event) => {
      if (event.id !== undefined) last = event.id;
      draw(event);
    };
    const live = () => {
      tries = 0;
      alive();
    };
    try {
      await follow(last, take, live, leave);
    } catch (error) {
      if (error instanceof Refused && (error.status === 401 || error.status === 403)) return refused(error);
    }
    if (leave.aborted) return;
    lost();
    await new Promise((resolve) => setTimeout(resolve, againMs[Math.min(tries, againMs.length - 1)]));
  }
}
