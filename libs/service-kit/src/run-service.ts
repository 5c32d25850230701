import type { ServiceName } from '@image2model/contracts';
import type { z } from 'zod';
import { startAdminServer } from './admin-server.js';
import { defaultAdminPorts, type BaseConfig } from './base-config.js';
import { createClosingStack, type Closable, type ClosingStack } from './closing-stack.js';
import { createLogger, type RootLogger } from './create-logger.js';
import { armFailpoint } from './failpoint.js';
import { newInstanceId } from './instance.js';
import { keepHeapSmall } from './keep-heap-small.js';
import { appVersion, InvalidConfig, loadConfig, ownSecrets } from './load-config.js';
import type { Logger } from './logger.js';
import { createMetrics, type Metrics } from './metrics.js';
import { onProcessEnd } from './process-end.js';
import { createReadiness, type Readiness, type ReadyCheck } from './readiness.js';
import { startTracing } from './start-tracing.js';
import { tlsProblems } from './tls-files.js';

/** What a service gets to build itself from. */
export interface ServiceContext<C extends BaseConfig> {
  readonly name: ServiceName;
  /** `<hostname>-<pid>-<4 hex>`; new at every start */
  readonly instance: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly config: C;
  readonly logger: Logger;
  /** of everything this process logs; set it to change it */
  readonly logLevel: Pick<RootLogger, 'level'>;
  readonly metrics: Metrics;
  /** Aborted as soon as the service is told to stop, before anything is closed. */
  readonly stopping: AbortSignal;
  /** Ends the process in order, as SIGTERM does, with exit code 0: whoever keeps it running starts it again. */
  stop(reason: string): void;
  /** Registers something to be closed at the end, the last one first; gives it back. */
  closing<R extends Closable>(resource: R, name?: string): R;
  /** /readyz answers 503 and names the check while it throws, answers false or takes longer than 2 s. */
  ready(name: string, check: ReadyCheck): void;
  /** What this service waits for, and why: /readyz says it while it is not ready. `undefined`: it waits no more. */
  waits(name: string, reason: string | undefined): void;
}

/** The shell's "configuration error" (sysexits EX_CONFIG). */
const exitConfig = 78;

/**
 * One service from its start to its end: reads the environment (all problems at once, exit 78), serves /livez,
 * /readyz and /metrics, builds, and on SIGTERM, SIGINT, a failed start or a defect closes everything in reverse
 * order within 25 s. Ends the process; never rejects.
 */
export async function runService<C extends BaseConfig>(
  name: ServiceName,
  configSchema: z.ZodType<C>,
  build: (context: ServiceContext<C>) => void | Promise<void>,
): Promise<void> {
  process.title = `image2model-${name}`;
  keepHeapSmall();
  const instance = newInstanceId();
  const config = configOrExit(name, instance, configSchema);
  const logger = createLogger({ service: name, instance, level: config.LOG_LEVEL, secrets: ownSecrets() });
  armFailpoint(config.FAILPOINT, { service: name, logger });
  const readiness = createReadiness();
  const stack = createClosingStack(logger);
  const stopping = new AbortController();
  const end = onProcessEnd(logger, async () => {
    readiness.enter('draining');
    stopping.abort();
    return stack.closeAll();
  });
  const context = contextOf({
    ...{ name, instance, config, logger, stack, readiness },
    stopping: stopping.signal,
    stop: (reason) => end.stop(reason),
  });
  try {
    const tracing = await startTracing(config, { service: name, instance, version: appVersion, logger });
    if (tracing !== undefined) stack.add(tracing, 'tracing');
    const { url } = await serveAdmin(context, stack, readiness);
    await build(context);
    readiness.enter('started');
    logger.info('started', { adminUrl: url, version: appVersion, pid: process.pid });
  } catch (error) {
    if (!stopping.signal.aborted) end.failed('could not start', error);
  }
}

function contextOf<C extends BaseConfig>(
  parts: Pick<ServiceContext<C>, 'name' | 'instance' | 'config' | 'stopping' | 'stop'> & {
    logger: RootLogger;
    stack: ClosingStack;
    readiness: Readiness;
  },
): ServiceContext<C> {
  const { stack, readiness, ...rest } = parts;
  return {
    ...rest,
    logLevel: parts.logger,
    version: appVersion,
    startedAtMs: Date.now(),
    metrics: createMetrics({ service: parts.name, version: appVersion }),
    closing: (resource, label) => stack.add(resource, label),
    ready: (label, check) => readiness.add(label, check),
    waits: (label, reason) => readiness.waits(label, reason),
  };
}

async function serveAdmin(
  { name, config, metrics }: ServiceContext<BaseConfig>,
  stack: ClosingStack,
  readiness: Readiness,
): Promise<{ url: string }> {
  const port = config.ADMIN_PORT ?? defaultAdminPorts[name];
  return stack.add(
    await startAdminServer({ host: config.ADMIN_HOST, port, readiness, metrics }),
    'admin server',
  );
}

function configOrExit<C extends BaseConfig>(service: ServiceName, instance: string, schema: z.ZodType<C>): C {
  try {
    const config = loadConfig(schema);
    if (config.FAILPOINT !== undefined && config.NODE_ENV === 'production')
      throw new InvalidConfig(['FAILPOINT: refused when NODE_ENV is production']);
    const problems = tlsProblems(config);
    if (problems.length > 0) throw new InvalidConfig(problems);
    return config;
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    const logger = createLogger({ service, instance, level: 'info', secrets: ownSecrets() });
    logger.error(error.message, { problems: error.problems });
    return process.exit(exitConfig);
  }
}
