import type { MetricSpec } from './metric-spec.js';

/** What the model-worker shows; a part of the catalogue in metric-names.ts. */
export const workerMetrics = {
  source_fetches_total: {
    type: 'counter',
    help: 'Images asked for by URL, by what came of it: stored, refused (never asked again), failed (asked again).',
    labels: ['outcome'],
    services: ['model-worker'],
  },
  worker_slots: {
    type: 'gauge',
    help: 'Files this worker handles at once.',
    labels: [],
    services: ['model-worker'],
  },
  worker_threads_recycled_total: {
    type: 'counter',
    help: 'Generator threads that ended: planned, memory, time-limit, crash, aborted, closed.',
    labels: ['reason'],
    services: ['model-worker'],
  },
  provider_submits_total: {
    type: 'counter',
    help: 'Paid submits by what was answered: accepted, refused, unknown.',
    labels: ['answer'],
    services: ['model-worker'],
  },
  generation_cost_usd_total: {
    type: 'counter',
    help: 'Prices of accepted generations, USD; refunds are not taken off.',
    labels: ['endpoint'],
    services: ['model-worker'],
  },
  provider_limit: {
    type: 'gauge',
    help: 'Generations that the provider seems to run at the same time, as this process heard last.',
    labels: [],
    services: ['model-worker'],
  },
  possible_double_charge_total: {
    type: 'counter',
    help: 'Images submitted once more although nobody knows whether their first submit was accepted.',
    labels: [],
    services: ['model-worker'],
  },
  extra_submits_total: {
    type: 'counter',
    help: 'Requests at the provider that their file has no use for; it was asked to cancel them.',
    labels: [],
    services: ['model-worker'],
  },
  generations_slow_total: {
    type: 'counter',
    help: 'Generations that took longer than the soft limit.',
    labels: [],
    services: ['model-worker'],
  },
} as const satisfies Record<string, MetricSpec>;
