import { declareTopology } from '@image2model/broker';
import { RedisUsers } from '@image2model/progress';
import { parseRedisUrl, readTls, splitServers, tlsFilesOf, type TlsOptions } from '@image2model/service-kit';
import { brokerAccounts, deployLogin, redisAccounts } from './accounts.js';
import type { BootstrapConfig } from './config.js';
import type { Flags, Mode } from './flags.js';
import { accountSteps, guestStep, vhostStep } from './rabbitmq/account-steps.js';
import { ManagementApi } from './rabbitmq/management-api.js';
import { topologyStep } from './rabbitmq/topology-step.js';
import { keptText, redisSteps } from './redis/redis-steps.js';
import { runSteps, type Step } from './steps.js';
import { apiAwaited, waitForServers } from './wait-for-servers.js';

type Say = (line: string) => void;
type LookOrApply = Exclude<Mode, 'print'>;

/** Nobody waits longer for all of the topology. */
const declareWithinMs = 120_000;

interface Server {
  readonly place: string;
  readonly users: RedisUsers;
}

/** RabbitMQ first, then each Redis server. @returns how much differed, or was changed @throws when a server is away or refuses */
export async function applyRights(
  config: BootstrapConfig,
  flags: Flags & { mode: LookOrApply },
  say: Say,
): Promise<number> {
  const tls = (): TlsOptions => readTls(tlsFilesOf(config));
  const api = new ManagementApi(config.BOOTSTRAP_AMQP_API_URL, tls);
  const servers = redisServersOf(config, tls);
  try {
    const awaited = servers.map(({ place, users }) => ({ what: `Redis ${place}`, ask: () => users.ping() }));
    await waitForServers([apiAwaited(api), ...awaited], { waitS: flags.waitS, say });
    const steps = [
      ...rabbitSteps(config, api, tls),
      ...servers.flatMap((server) =>
        redisSteps(server, redisAccounts(config), { defaultOff: config.BOOTSTRAP_REDIS_DEFAULT_OFF }),
      ),
    ];
    const differing = await runSteps(steps, flags.mode, say);
    if (flags.mode === 'apply') await keepUsers(servers, say);
    return differing;
  } finally {
    for (const { users } of servers) users.close();
  }
}

function rabbitSteps(config: BootstrapConfig, api: ManagementApi, tls: () => TlsOptions): Step[] {
  const { vhost } = deployLogin(config);
  const declare = (): Promise<void> =>
    declareTopology({
      url: config.BOOTSTRAP_AMQP_URL,
      tls,
      signal: AbortSignal.timeout(declareWithinMs),
    });
  return [
    vhostStep(api, vhost),
    ...brokerAccounts(config).flatMap((account) => accountSteps(api, vhost, account)),
    topologyStep(api, vhost, declare),
    ...(config.BOOTSTRAP_DELETE_GUEST ? [guestStep(api)] : []),
  ];
}

function redisServersOf(config: BootstrapConfig, tls: () => TlsOptions): Server[] {
  // what goes wrong is thrown by the command that it goes wrong for
  const logger = { warn: () => undefined, error: () => undefined };
  return splitServers(config.BOOTSTRAP_REDIS_URL).map((url) => {
    const { server } = parseRedisUrl(url);
    return { place: `${server?.host}:${server?.port}`, users: new RedisUsers({ url, tls, logger }) };
  });
}

/** Every time: an earlier run may have ended before this. */
async function keepUsers(servers: readonly Server[], say: Say): Promise<void> {
  for (const { place, users } of servers) say(`Redis ${place}: ${keptText[await users.keep()]}`);
}
