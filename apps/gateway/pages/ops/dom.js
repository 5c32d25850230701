/* global document */

/**
 * An element. What comes from outside is text and stays text: nothing here reads markup.
 * @param {string} tag @param {Record<string, string>} attributes @param {...(Node | string | number | null)} children
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(
    ...children
      .filter((child) => child !== null)
      .map((child) => (typeof child === 'number' ? String(child) : child)),
  );
  return node;
}

/** The same of a picture. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** The body of a section. */
export const bodyOf = (id) => document.querySelector(`#${id} .body`);

/**
 * A table that is kept: each turn only its rows are drawn anew, and only when they changed, so that nothing jumps and
 * what the reader has scrolled to or marked stays.
 * @param {Element} place @param {string} label @param {[title: string, kind?: string][]} columns
 * @param {(string | number | Node)[][]} rows
 */
export function table(place, label, columns, rows, empty = 'none') {
  let body = place.querySelector('tbody');
  if (body === null) {
    const head = columns.map(([title, kind = '']) => el('th', { scope: 'col', class: kind }, title));
    body = el('tbody');
    const whole = el('table', {}, el('thead', {}, el('tr', {}, ...head)), body);
    place.replaceChildren(
      el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, whole),
    );
  }
  const shown = rows.length > 0 ? rows : [[el('span', { class: 'soft' }, empty)]];
  const fresh = shown.map((cells) =>
    el('tr', {}, ...cells.map((cell, at) => el('td', { class: columns[at]?.[1] ?? '' }, cell))),
  );
  fresh.forEach((row, at) => {
    const old = body.children[at];
    if (old === undefined) body.append(row);
    else if (!old.isEqualNode(row)) old.replaceWith(row);
  });
  while (body.children.length > fresh.length) body.lastElementChild.remove();
}
