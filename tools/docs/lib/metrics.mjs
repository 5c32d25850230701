import { code, page, table } from './markdown.mjs';

export const metricsPage = ({ metricCatalog, metricPrefix }) =>
  page(
    'Metrics',
    'Served as `/metrics` on the admin port of every service, beside the usual `process_*` and `nodejs_*` families.',
    table(
      ['metric', 'type', 'labels', 'services', 'help'],
      Object.entries(metricCatalog).map(([name, m]) => [
        code(metricPrefix + name),
        m.type,
        m.labels.join(', '),
        m.services === 'all' ? 'all' : m.services.join(', '),
        m.help + (m.buckets ? ` Buckets: ${m.buckets.join(', ')}.` : ''),
      ]),
    ),
  );
