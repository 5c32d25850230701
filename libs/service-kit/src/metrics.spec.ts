import { metricCatalog } from './metric-names.js';
import { createMetrics } from './metrics.js';
import { recordTasks } from './task-metrics.js';

const make = (service: 'gateway' | 'maintenance-worker' = 'gateway') =>
  createMetrics({ service, version: '1.2.3', processMetrics: false });

describe('createMetrics', () => {
  it('shows the families of its service from the start, and only them', async () => {
    const text = await make().text();
    expect(text).toContain('image2model_sse_clients 0');
    expect(text).toContain('image2model_build_info{service="gateway",version="1.2.3"');
    expect(text).not.toContain('image2model_queue_length');
  });

  it('counts, sets, observes and forgets', async () => {
    const metrics = make('maintenance-worker');
    metrics.inc('tasks_total', { task: 'maintenance.run', status: 'succeeded' }, 2);
    metrics.observe('task_duration_seconds', { task: 'maintenance.run' }, 7);
    metrics.set('queue_length', { queue: 'a' }, 5);
    metrics.add('active_tasks', { task: 'maintenance.run' }, 1);
    const text = await metrics.text();
    expect(text).toContain('image2model_tasks_total{task="maintenance.run",status="succeeded"} 2');
    expect(text).toContain('image2model_task_duration_seconds_bucket{le="10",task="maintenance.run"} 1');
    expect(text).toContain('image2model_task_duration_seconds_bucket{le="5",task="maintenance.run"} 0');
    expect(text).toContain('image2model_queue_length{queue="a"} 5');
    expect(text).toContain('image2model_active_tasks{task="maintenance.run"} 1');
    metrics.clear('queue_length');
    expect(await metrics.text()).not.toContain('queue="a"');
  });

  it('asks its collectors before a scrape and survives a failing one', async () => {
    const metrics = make();
    metrics.beforeScrape(() => Promise.reject(new Error('no')));
    metrics.beforeScrape(() => metrics.set('sse_clients', {}, 4));
    expect(await metrics.text()).toContain('image2model_sse_clients 4');
  });

  it('does not compile with a misspelt name or label', () => {
    const metrics = make();
    // @ts-expect-error a label is missing
    expect(() => metrics.inc('tasks_total', { task: 'x' })).not.toThrow();
    // @ts-expect-error a label is misspelt
    expect(() => metrics.set('queue_length', { queu: 'x' }, 1)).toThrow();
    // @ts-expect-error no such metric
    expect(() => metrics.inc('task_total', {})).toThrow();
  });

  it('has names that end in their unit: counters in _total, times in _seconds', () => {
    for (const [name, spec] of Object.entries(metricCatalog)) {
      expect({ name, total: name.endsWith('_total') }).toEqual({ name, total: spec.type === 'counter' });
      if (spec.type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });

  it('has the buckets of the design for task durations', () => {
    expect(metricCatalog.task_duration_seconds.buckets).toEqual([1, 5, 10, 30, 60, 120, 300, 600]);
  });
});

describe('recordTasks', () => {
  it('counts each outcome, its retry or its dead letter', async () => {
    const metrics = make();
    const record = recordTasks(metrics);
    const task = { queue: 'q', type: 'alert.send', seconds: 2 };
    record({ ...task, outcome: 'done' });
    record({ ...task, outcome: 'retried', kind: 'dependency' });
    record({ ...task, outcome: 'invalid' });
    const text = await metrics.text();
    expect(text).toContain('image2model_tasks_total{task="alert.send",status="done"} 1');
    expect(text).toContain('image2model_retries_total{kind="dependency"} 1');
    expect(text).toContain('image2model_dead_letters_total{queue="q"} 1');
    expect(text).toContain('image2model_task_duration_seconds_count{task="alert.send"} 3');
  });
});
