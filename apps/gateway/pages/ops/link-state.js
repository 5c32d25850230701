/* global document, setInterval */

import { duration } from './words.js';

/** A stream that was cut is taken up within this; shorter breaks are not worth a word. */
const graceMs = 1_500;
let lostSince = null;
let signedIn = false;

const place = () => document.querySelector('#link');

function show() {
  const node = place();
  const away = lostSince === null ? 0 : Date.now() - lostSince;
  const [state, text] = !signedIn
    ? ['off', 'not signed in']
    : away < graceMs
      ? ['on', 'live']
      : ['lost', `disconnected for ${duration(away / 1_000)}, trying again`];
  node.dataset.state = state;
  if (node.textContent !== text) node.textContent = text;
}

/** Whether what the page shows is what is; it says for how long it is not. */
export const link = {
  entered: (yes) => {
    signedIn = yes;
    lostSince = null;
    show();
  },
  alive: () => {
    lostSince = null;
    show();
  },
  lost: () => {
    lostSince ??= Date.now();
    show();
  },
};
setInterval(show, 500);
