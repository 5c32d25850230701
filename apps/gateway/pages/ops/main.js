/* global document, setTimeout, AbortController */

import { forgetKey, get, keepKey, keyOf, Refused } from './api.js';
import { drawDeadLetters } from './dead-letters.js';
import { watchEvents } from './feed.js';
import { drawBacklog, drawHealth, drawLanes, drawProviders } from './head-cards.js';
import { link } from './link-state.js';
import { drawQueues, drawSchedules, drawTasks, drawWorkers } from './tables.js';

const find = (id) => document.getElementById(id);
let leaving = new AbortController();
let history = [];

/** What is read, how often, and who draws it. */
const looks = [
  {
    everyMs: 2_000,
    look: async () => {
      const overview = await get('overview');
      drawHealth(overview.health, history);
      drawBacklog(overview);
      drawLanes(overview.lanes);
      drawProviders(overview.providers);
    },
  },
  { everyMs: 2_000, look: async () => drawTasks((await get('tasks?state=running&limit=30')).data) },
  { everyMs: 4_000, look: async () => drawWorkers((await get('workers')).data) },
  { everyMs: 4_000, look: async () => drawQueues((await get('queues')).data), optional: true },
  { everyMs: 5_000, look: async () => drawDeadLetters(await get('dead-letters?state=open&limit=50')) },
  { everyMs: 15_000, look: async () => drawSchedules((await get('schedules')).data) },
  {
    everyMs: 15_000,
    look: async () => {
      history = (await get('health?limit=60')).data;
    },
  },
];

/** Looks again and again until the reader leaves; a page that nobody sees asks for nothing. */
async function keepLooking({ everyMs, look, optional = false }, leave) {
  while (!leave.aborted) {
    if (!document.hidden) {
      try {
        await look();
        if (!optional) link.alive();
      } catch (error) {
        if (error instanceof Refused && error.status === 401) return refuse(error);
        // without the broker its queues cannot be told; all else can
        if (!optional && !(error instanceof Refused && error.status === 404)) link.lost();
      }
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

function begin() {
  leaving = new AbortController();
  find('enter').hidden = true;
  find('board').hidden = false;
  find('leave').hidden = false;
  link.entered(true);
  for (const one of looks) void keepLooking(one, leaving.signal);
  void watchEvents({ ...link, refused: refuse, leave: leaving.signal });
}

function end(why) {
  leaving.abort();
  forgetKey();
  find('enter').hidden = false;
  find('board').hidden = true;
  find('leave').hidden = true;
  find('refused').textContent = why;
  find('key').value = '';
  find('key').focus();
  link.entered(false);
}

const refuse = (error) => end(error.message);

/** Tries a key before anything is shown. */
async function enter(key) {
  keepKey(key);
  find('refused').textContent = '';
  try {
    await get('lanes');
    begin();
  } catch (error) {
    end(error instanceof Refused ? error.message : 'The API does not answer; try again.');
  }
}

find('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  void enter(find('key').value.trim());
});
find('leave').addEventListener('click', () => {
  end('');
  document.querySelector('#feed ol').replaceChildren();
});
const kept = keyOf();
if (kept === null) end('');
else void enter(kept);
