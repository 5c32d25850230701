import type { ServiceName } from '@image2model/contracts';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  metricCatalog,
  metricPrefix,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type MetricName,
  type MetricSpec,
} from './metric-names.js';

/** The metrics of one process. A misspelt name or label does not compile. */
export interface Metrics {
  /** Adds to a counter, 1 by default. */
  inc<N extends CounterName>(name: N, labels: LabelsOf<N>, by?: number): void;
  set<N extends GaugeName>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Moves a gauge up or down. */
  add<N extends GaugeName>(name: N, labels: LabelsOf<N>, by: number): void;
  observe<N extends HistogramName>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Forgets all samples of a gauge, so that a value nobody keeps current is not shown. */
  clear(name: GaugeName): void;
  /** Runs before each scrape; for gauges that are read rather than counted. A failing one is left out. */
  beforeScrape(collect: () => void | Promise<void>): void;
  /** The text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

type Family = Counter | Gauge | Histogram;

export interface MetricsOptions {
  service: ServiceName;
  version: string;
  /** Adds the usual process_* and nodejs_* families; on by default. */
  processMetrics?: boolean;
}

export function createMetrics({ service, version, processMetrics = true }: MetricsOptions): Metrics {
  const registry = new Registry();
  const families = new Map<MetricName, Family>();
  const collectors: (() => void | Promise<void>)[] = [];
  const family = (name: MetricName): Family => {
    const known = families.get(name) ?? createFamily(name, metricCatalog[name], registry);
    families.set(name, known);
    return known;
  };
  if (processMetrics) collectDefaultMetrics({ register: registry });
  namesOf(service).forEach(family);

  const metrics: Metrics = {
    inc: (name, labels, by = 1) => asCounter(family(name)).inc(labels, by),
    set: (name, labels, value) => asGauge(family(name)).set(labels, value),
    add: (name, labels, by) => asGauge(family(name)).inc(labels, by),
    observe: (name, labels, value) => asHistogram(family(name)).observe(labels, value),
    clear: (name) => asGauge(family(name)).reset(),
    beforeScrape: (collect) => void collectors.push(collect),
    text: async () => {
      await Promise.allSettled(collectors.map(async (collect) => collect()));
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
  metrics.set('build_info', { service, version, node: process.version }, 1);
  return metrics;
}

/** The families a service shows from its start. */
function namesOf(service: ServiceName): MetricName[] {
  const entries = Object.entries(metricCatalog) as [MetricName, MetricSpec][];
  return entries
    .filter(([, spec]) => spec.services === 'all' || spec.services.includes(service))
    .map(([name]) => name);
}

function createFamily(name: MetricName, spec: MetricSpec, registry: Registry): Family {
  const common = {
    name: metricPrefix + name,
    help: spec.help,
    labelNames: [...spec.labels],
    registers: [registry],
  };
  if (spec.type === 'counter') return new Counter(common);
  if (spec.type === 'gauge') return new Gauge(common);
  return new Histogram({ ...common, ...(spec.buckets === undefined ? {} : { buckets: [...spec.buckets] }) });
}

/* The catalogue's types say which of the three a name is; these narrow what the map holds. */
function asCounter(family: Family): Counter {
  if (family instanceof Counter) return family;
  throw new TypeError('not a counter');
}
function asGauge(family: Family): Gauge {
  if (family instanceof Gauge) return family;
  throw new TypeError('not a gauge');
}
function asHistogram(family: Family): Histogram {
  if (family instanceof Histogram) return family;
  throw new TypeError('not a histogram');
}
