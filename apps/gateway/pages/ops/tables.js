import { bodyOf, el, table } from './dom.js';
import { ahead, duration, rate, since, whole } from './words.js';

const number = 'number';

export function drawTasks(tasks) {
  const columns = [
    ['file', 'name'],
    ['batch'],
    ['tenant'],
    ['lane'],
    ['progress'],
    ['stage'],
    ['tries', number],
    ['since'],
    ['waits for', 'text'],
    ['worker'],
  ];
  const rows = tasks.map((task) => [
    el('span', { title: task.name ?? '' }, task.name ?? `#${task.idx}`),
    el('code', { title: task.batch_id }, `…${task.batch_id.slice(-8)}/${task.idx}`),
    task.tenant,
    task.lane,
    el('progress', { max: '100', value: String(task.progress), 'aria-label': `${task.progress} %` }),
    task.stage ?? '–',
    task.attempts,
    since(task.started_at),
    task.waiting_for?.detail ?? '–',
    el('span', { class: 'mono' }, task.worker ?? '–'),
  ]);
  table(bodyOf('tasks'), 'Files in work', columns, rows, 'Nothing is in work.');
}

export function drawWorkers(workers) {
  const columns = [
    ['service'],
    ['instance'],
    ['state'],
    ['up'],
    ['does now', 'text'],
    ['reserved', number],
    ['MB', number],
    ['CPU %', number],
    ['loop ms', number],
    ['log'],
    ['version'],
  ];
  const rows = workers.map((worker) => [
    worker.service,
    el('span', { class: 'mono' }, worker.id),
    el('span', { class: worker.state === 'running' ? 'good' : 'warn' }, worker.state),
    since(worker.started_at),
    doing(worker),
    worker.reserved_count,
    Math.round(worker.stats.rss_mb),
    Math.round(worker.stats.cpu_percent),
    Math.round(worker.stats.loop_delay_ms),
    worker.log_level,
    worker.version,
  ]);
  table(bodyOf('workers'), 'Workers', columns, rows, 'No process has said that it lives.');
}

function doing({ active, active_count }) {
  if (active_count === 0) return el('span', { class: 'soft' }, 'nothing');
  const [oldest] = active;
  const file = oldest?.batch_id
    ? ` of …${oldest.batch_id.slice(-8)}${oldest.file_idx === null ? '' : `/${oldest.file_idx}`}`
    : '';
  const tasks = active_count === 1 ? '1 task' : `${active_count} tasks`;
  return oldest === undefined
    ? tasks
    : `${tasks}, the oldest ${oldest.task}${file} for ${since(oldest.since)}`;
}

export function drawQueues(queues) {
  const columns = [
    ['queue'],
    ['service'],
    ['ready', number],
    ['unacked', number],
    ['consumers', number],
    ['a second', number],
    ['oldest in work', number],
  ];
  const told = queues.filter(({ role, ready, unacked }) => role === 'work' || ready > 0 || unacked > 0);
  const rows = told.map((queue) => {
    const bad = queue.role === 'dead' ? 'bad' : '';
    return [
      el('span', { class: `mono ${bad}` }, queue.name),
      queue.service,
      el('span', { class: bad }, whole(queue.ready)),
      whole(queue.unacked),
      queue.role === 'work' && queue.consumers === 0 && queue.ready > 0
        ? el('span', { class: 'bad' }, '0')
        : whole(queue.consumers),
      rate(queue.handled_per_second),
      duration(queue.oldest_unacked_seconds),
    ];
  });
  table(bodyOf('queues'), 'Queues', columns, rows);
}

export function drawSchedules(schedules) {
  const columns = [
    ['job'],
    ['when'],
    ['next', number],
    ['last', number],
    ['took', number],
    ['what came of it', 'text'],
  ];
  const rows = schedules.map(({ job, when, next_run, last_run }) => [
    job,
    when,
    next_run === null ? '–' : `in ${ahead(next_run)}`,
    last_run === null ? '–' : `${since(last_run.at)} ago`,
    last_run === null ? '–' : `${whole(last_run.took_ms)} ms`,
    last_run === null
      ? '–'
      : el('span', { class: last_run.outcome === 'done' ? '' : 'bad' }, last_run.detail || last_run.outcome),
  ]);
  table(
    bodyOf('schedules'),
    'Schedules',
    columns,
    rows,
    'No maintenance worker has published its timetable.',
  );
}
