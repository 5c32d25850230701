export { baseConfig, defaultAdminPorts, urlOf, wholeNumber, type BaseConfig } from './base-config.js';
export { type Closable } from './closing-stack.js';
export { Coalescer } from './coalescer.js';
export { createLogger, type LoggerOptions, type LogLevel } from './create-logger.js';
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
export { type ReadyCheck } from './readiness.js';
export { repeat, type RepeatOptions, type Repetition } from './repeat.js';
export { runService, type ServiceContext } from './run-service.js';
export { recordTasks, type FinishedTask } from './task-metrics.js';
