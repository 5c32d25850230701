import { opsQueueListSchema, opsWorkerListSchema, overviewSchema } from '@image2model/contracts';
import { ApiProblem } from '../api/api-problem.js';
import { shownKey } from '../api/connection.js';
import { isReadableByOthers, defaultConfigPath } from '../api/config-file.js';
import { batchPageSchema } from '../api/views.js';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { version } from '../version.js';
import { fine, problem, warning, type Finding } from './finding.js';
import { judgeInstallation } from './judge-installation.js';
import { judgeClock, judgeFolder, judgeNode } from './judge-machine.js';

/** Looks at everything from here to the last service; what cannot be looked at is a finding too. */
export async function examine(context: Context, out: string): Promise<Finding[]> {
  const findings = [judgeNode(process.version), judgeFolder(out), judgeConfigFile(context)];
  const gateway = await examineGateway(context);
  findings.push(...gateway.findings);
  if (gateway.usable) findings.push(...(await examineInstallation(context)));
  return findings;
}

function judgeConfigFile({ flags, environment }: Context): Finding {
  const path = flags.config ?? defaultConfigPath(environment);
  if (!isReadableByOthers(path)) return fine('configuration', path);
  return warning(
    'configuration',
    `others on this machine can read ${path}, which holds keys`,
    `chmod 600 ${path}`,
  );
}

async function examineGateway(context: Context): Promise<{ findings: Finding[]; usable: boolean }> {
  try {
    const { connection, ask, send } = context.api();
    const startedAtMs = Date.now();
    const response = await send('/v1/batches?limit=1');
    const tookMs = Date.now() - startedAtMs;
    const findings = [
      fine('gateway', `${connection.url} (${connection.urlFrom}), answers in ${tookMs} ms`),
      fine(
        'key',
        `${shownKey(connection.key)}${connection.keyFrom === null ? '' : ` (${connection.keyFrom})`} is taken`,
      ),
      judgeClock(Date.parse(response.headers.get('date') ?? ''), startedAtMs + tookMs / 2),
    ];
    await ask('/v1/batches?limit=1', batchPageSchema);
    return { findings, usable: true };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const check =
      error instanceof ApiProblem && (error.status === 401 || error.status === 403) ? 'key' : 'gateway';
    return {
      findings: [problem(check, error.message, error.hint ?? 'Look into the gateway’s log.')],
      usable: false,
    };
  }
}

async function examineInstallation(context: Context): Promise<Finding[]> {
  const ops = context.ops();
  try {
    const [overview, queues, workers] = await Promise.all([
      ops.get('overview', overviewSchema),
      ops.get('queues', opsQueueListSchema),
      ops.get('workers', opsWorkerListSchema),
    ]);
    const seen = { overview, queues: queues.data, workers: workers.data };
    return [
      fine('scope', 'the key may operate the installation'),
      ...judgeInstallation(seen, version, Date.now()),
    ];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (error.code === 'scope_missing')
      return [
        warning(
          'scope',
          'the key may send batches, not operate: the installation was not looked at',
          'Ask with one of I2M_API_KEYS for the rest.',
        ),
      ];
    return [problem('installation', error.message, error.hint ?? 'Look into the gateway’s log.')];
  }
}
