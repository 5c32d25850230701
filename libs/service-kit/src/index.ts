export { baseConfig, defaultAdminPorts, urlOf, wholeNumber, type BaseConfig } from './base-config.js';
export { type Closable } from './closing-stack.js';
export { rabbitmqOf, redisOf } from './connections.js';
export { Coalescer } from './coalescer.js';
export { createLogger, type LoggerOptions, type LogLevel, type RootLogger } from './create-logger.js';
export { failpoint, type FailpointOrder } from './failpoint.js';
export { newInstanceId } from './instance.js';
export { InvalidConfig, loadConfig, parseConfig, type Environment } from './load-config.js';
export { type Logger } from './logger.js';
export {
  metricCatalog,
  metricPrefix,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type MetricName,
  type MetricSpec,
} from './metric-names.js';
export { createMetrics, type Metrics, type MetricsOptions } from './metrics.js';
export { createProcessLoadMeter, type ProcessLoad, type ProcessLoadMeter } from './process-load.js';
export { type ReadyCheck } from './readiness.js';
export { createRecycleRule, type RecycleLimits } from './recycle-rule.js';
export { parseRedisUrl } from './redis-url.js';
export { parseBrokerList, splitServers } from './server-list.js';
export { readTls, tlsAdvice, tlsFilesOf, tlsProblems, type TlsOptions } from './tls-files.js';
export { redactedConfig, type ShownConfig } from './redacted-config.js';
export { repeat, type RepeatOptions, type Repetition } from './repeat.js';
export { runService, type ServiceContext } from './run-service.js';
export { startTracing } from './start-tracing.js';
export { type ActiveWork, type QueueWork, type WorkReport } from './work-report.js';
export { recordTasks, type FinishedTask } from './task-metrics.js';
export { traced } from './traced.js';
export {
  currentTraceparent,
  inSpan,
  tracer,
  unsampled,
  type OpenSpan,
  type SpanAttributes,
  type SpanStart,
  type Tracer,
} from './tracing.js';
