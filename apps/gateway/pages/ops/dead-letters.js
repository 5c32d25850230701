import { get } from './api.js';
import { bodyOf, el } from './dom.js';
import { since } from './words.js';

/** By id: what the reader has opened stays open. */
const drawn = new Map();

/** The open ones, newest first. @param {{ data: object[], next_cursor: string | null }} page */
export function drawDeadLetters({ data, next_cursor }) {
  const place = bodyOf('dead-letters');
  const ids = new Set(data.map(({ id }) => id));
  for (const [id, { node }] of drawn)
    if (!ids.has(id)) {
      node.remove();
      drawn.delete(id);
    }
  const letters = data.map((letter) => {
    const known = drawn.get(letter.id) ?? create(letter);
    known.age.textContent = `${since(letter.at)} ago`;
    return known.node;
  });
  const none = el('p', { class: 'soft' }, 'None is open.');
  const more = el('p', { class: 'soft' }, 'There are more; GET /v1/ops/dead-letters lists all of them.');
  const wanted = letters.length === 0 ? [none] : next_cursor === null ? letters : [...letters, more];
  place.classList.add('letters');
  const same =
    wanted.length === place.children.length &&
    wanted.every((node, at) => node.isSameNode(place.children[at]));
  if (!same) place.replaceChildren(...wanted);
}

function create(letter) {
  const { id, queue, reason, batch_id, file_idx } = letter;
  const age = el('span', { class: 'soft' });
  const file = batch_id === null ? '' : ` · ${batch_id}${file_idx === null ? '' : `/${file_idx}`}`;
  const summary = el(
    'summary',
    {},
    el('span', { class: 'bad' }, reason),
    ' ',
    el('span', { class: 'mono soft' }, `${queue}${file}`),
    ' · ',
    age,
  );
  const content = el('div', {}, el('p', { class: 'soft' }, 'reading …'));
  const node = el('details', { 'data-id': id }, summary, content);
  node.addEventListener('toggle', () => {
    if (node.open) void show(id, content);
  });
  const known = { node, age };
  drawn.set(id, known);
  return known;
}

/** Headers and body are read when somebody wants to see them, and are shown as the text that they are. */
async function show(id, content) {
  try {
    const { headers = {}, body = '', detail } = await get(`dead-letters/${encodeURIComponent(id)}`);
    const parts = [
      el('p', { class: 'soft' }, `id ${id}${detail ? ` · ${detail}` : ''}`),
      el('strong', {}, 'Body'),
      el('pre', { tabindex: '0' }, pretty(body)),
      el('strong', {}, 'Headers'),
      el('pre', { tabindex: '0' }, JSON.stringify(headers, null, 2)),
    ];
    content.replaceChildren(...parts);
  } catch (error) {
    content.replaceChildren(el('p', { class: 'bad' }, `It cannot be read now: ${error.message}`));
  }
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
