import { bodyOf, el } from './dom.js';
import { sparkline, strip } from './pictures.js';
import { duration, money, rate, since, whole } from './words.js';

const tone = { healthy: 'good', degraded: 'warn', critical: 'bad' };

/** @param report the last check, or null @param history newest first */
export function drawHealth(report, history) {
  if (report === null) {
    bodyOf('health').replaceChildren(el('p', { class: 'big soft' }, 'not checked yet'));
    return;
  }
  const reasons = report.reasons.map(({ severity, message }) =>
    el('li', { class: severity === 'critical' ? 'bad' : 'warn' }, message),
  );
  bodyOf('health').replaceChildren(
    el('div', { class: `big ${tone[report.status]}` }, report.status),
    el('div', { class: 'soft' }, `checked ${since(report.checked_at)} ago`),
    strip(history),
    el('ul', { class: 'reasons' }, ...reasons),
  );
}

const pending = sparkline('Files waiting');
const speed = sparkline('Messages a second');
let backlogDrawn;

export function drawBacklog({ backlog, handled_per_second, queues, dead_letters_open }) {
  if (backlogDrawn === undefined) {
    backlogDrawn = el('div');
    const caption = (text) => el('div', { class: 'caption' }, text);
    bodyOf('backlog').replaceChildren(
      backlogDrawn,
      caption('files waiting, the last 2 minutes'),
      pending.picture,
      caption('messages a second'),
      speed.picture,
    );
  }
  pending.add(backlog.files_pending);
  speed.add(handled_per_second);
  const oldest = backlog.oldest_waiting_seconds;
  const pair = (name, value, kind = '') =>
    el('div', { class: 'pair' }, el('span', { class: 'soft' }, name), el('span', { class: kind }, value));
  backlogDrawn.replaceChildren(
    el(
      'div',
      { class: 'big' },
      whole(backlog.files_pending + backlog.files_running),
      el('span', { class: 'soft' }, ' files'),
    ),
    pair('in work', whole(backlog.files_running)),
    pair('batches', whole(backlog.batches_active)),
    pair('oldest waits', duration(oldest)),
    pair('handled a second', rate(handled_per_second)),
    pair(
      'messages ready',
      queues === null ? 'broker away' : whole(queues.ready),
      queues === null ? 'bad' : '',
    ),
    pair('dead letters open', whole(dead_letters_open), dead_letters_open > 0 ? 'bad' : ''),
  );
}

export function drawLanes(lanes) {
  const rows = lanes.map(({ lane, paused, ready, batches }) =>
    el(
      'div',
      {},
      el(
        'div',
        { class: 'pair' },
        el('strong', {}, lane),
        el('span', {}, `${whole(batches)} batches · ${ready === null ? '–' : whole(ready)} ready`),
      ),
      paused === null
        ? el('div', { class: 'good' }, 'open')
        : el('div', { class: 'warn' }, `paused for ${since(paused.since)} by ${paused.by}: ${paused.detail}`),
    ),
  );
  bodyOf('lanes').replaceChildren(...rows);
}

export function drawProviders(providers) {
  const rows = providers.map((one) => {
    const { provider, parked, in_use, permitted, waiting, spent_today_usd } = one;
    return el(
      'div',
      {},
      el(
        'div',
        { class: 'pair' },
        el('strong', {}, provider),
        el('span', {}, money(spent_today_usd), ' today'),
      ),
      el(
        'div',
        { class: 'pair soft' },
        `${whole(in_use)} of ${whole(permitted)} places`,
        el('span', {}, `${whole(waiting)} wait`),
      ),
      parked === null
        ? el('div', { class: 'good' }, 'in use')
        : el('div', { class: 'bad' }, `parked for ${since(parked.since)}: ${parked.detail}`),
    );
  });
  const none = el('p', { class: 'soft' }, 'No paid provider is configured.');
  bodyOf('providers').replaceChildren(...(rows.length > 0 ? rows : [none]));
}
