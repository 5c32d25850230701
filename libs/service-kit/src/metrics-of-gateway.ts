import type { MetricSpec } from './metric-spec.js';

const http = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** What the gateway shows; a part of the catalogue in metric-names.ts. */
export const gatewayMetrics = {
  http_requests_total: {
    type: 'counter',
    help: 'Requests answered by the API, by route pattern.',
    labels: ['method', 'route', 'status'],
    services: ['gateway'],
  },
  http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from a request to the end of its answer, event streams left out.',
    labels: ['method', 'route'],
    buckets: http,
    services: ['gateway'],
  },
  http_requests_in_flight: {
    type: 'gauge',
    help: 'Requests being answered now, event streams included.',
    labels: [],
    services: ['gateway'],
  },
  sse_clients: { type: 'gauge', help: 'Open event streams.', labels: [], services: ['gateway'] },
  upload_bytes_total: {
    type: 'counter',
    help: 'Bytes of images taken in.',
    labels: [],
    services: ['gateway'],
  },
} as const satisfies Record<string, MetricSpec>;
