import { services, type ServiceName } from '@image2model/contracts';
import { baseConfig, parseBrokerList, parseRedisUrl, splitServers } from '@image2model/service-kit';
import { z } from 'zod';

/** Shorter ones can be guessed; nobody types them. */
const shortestPassword = 16;

const password = z
  .string()
  .min(shortestPassword, `expected at least ${shortestPassword} characters; openssl rand -hex 24 makes one`);

/** Adds what `judge` throws as a problem; it repeats nothing of the value. */
const judgedBy =
  (judge: (text: string) => void) =>
  (text: string, context: z.RefinementCtx<string>): void => {
    try {
      judge(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: String((error as Error).message), input: undefined });
    }
  };

const flag = z
  .enum(['true', 'false'], { error: 'expected true or false' })
  .default('false')
  .transform((text) => text === 'true');

function needLogin(text: string): void {
  const url = new URL(text);
  if (url.username === '' || url.password === '')
    throw new TypeError('expected a login in the URL, as in scheme://user:password@host');
}

function judgeApiUrl(text: string): void {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new TypeError('expected a URL that begins with http:// or https://');
  needLogin(text);
}

/** Each server by itself: users are not replicated. */
function judgeRedisUrls(text: string): void {
  for (const url of splitServers(text)) {
    if (parseRedisUrl(url).sentinel !== undefined)
      throw new TypeError(
        'expected the servers themselves, replicas too, with commas in between: users are not replicated, so Sentinels are of no use here',
      );
  }
}

/** `BOOTSTRAP_PASSWORD_MODEL_WORKER` and so on. */
export const passwordVariable = (service: ServiceName | 'monitoring'): string =>
  `BOOTSTRAP_PASSWORD_${service.toUpperCase().replaceAll('-', '_')}`;

const passwordOf = (service: ServiceName): z.ZodString =>
  password.describe(`Password of the ${service}'s users on RabbitMQ and Redis.`);

/** Everything that the job is told; it has no defaults for logins. */
export const configSchema = z.object({
  BOOTSTRAP_AMQP_API_URL: z
    .string()
    .superRefine(judgedBy(judgeApiUrl))
    .describe(
      "RabbitMQ's management API with an administrator's login: https://admin:password@rabbitmq:15671.",
    ),
  BOOTSTRAP_AMQP_URL: z
    .string()
    .superRefine(
      judgedBy((text) => {
        for (const url of parseBrokerList(text)) needLogin(url);
      }),
    )
    .describe(
      'RabbitMQ with the login of the deploy user, which is made if it is missing, and the virtual host of the services.',
    ),
  BOOTSTRAP_REDIS_URL: z
    .string()
    .superRefine(judgedBy(judgeRedisUrls))
    .describe(
      "Redis with an administrator's login; every server of it, replicas too, with commas in between.",
    ),
  BOOTSTRAP_PASSWORD_GATEWAY: passwordOf('gateway'),
  BOOTSTRAP_PASSWORD_BATCH_ORCHESTRATOR: passwordOf('batch-orchestrator'),
  BOOTSTRAP_PASSWORD_MODEL_WORKER: passwordOf('model-worker'),
  BOOTSTRAP_PASSWORD_MAINTENANCE_WORKER: passwordOf('maintenance-worker'),
  BOOTSTRAP_PASSWORD_ALERT_SERVICE: passwordOf('alert-service'),
  BOOTSTRAP_PASSWORD_MONITORING: password
    .optional()
    .describe(
      'Makes a RabbitMQ user that sees queues through the management API and nothing else, for autoscaling.',
    ),
  BOOTSTRAP_USER_PREFIX: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'expected up to 41 small letters, digits and hyphens')
    .default('i2m-')
    .describe('Before the service in the names of its users: i2m-gateway.'),
  BOOTSTRAP_DELETE_GUEST: flag.describe("true: RabbitMQ's user guest is deleted."),
  BOOTSTRAP_REDIS_DEFAULT_OFF: flag.describe('true: nobody may use Redis without a name of its own.'),
  BOOTSTRAP_ALLOW_PURGE: flag.describe(
    'true: the gateway may empty queues (POST /v1/ops/queues/{queue}/purge), for which it may read all of them.',
  ),
  TLS_CA_FILE: baseConfig.TLS_CA_FILE,
  TLS_CERT_FILE: baseConfig.TLS_CERT_FILE,
  TLS_KEY_FILE: baseConfig.TLS_KEY_FILE,
});
export type BootstrapConfig = z.output<typeof configSchema>;

/** Of each service. */
export const passwordsOf = (config: BootstrapConfig): Readonly<Record<ServiceName, string>> => ({
  gateway: config.BOOTSTRAP_PASSWORD_GATEWAY,
  'batch-orchestrator': config.BOOTSTRAP_PASSWORD_BATCH_ORCHESTRATOR,
  'model-worker': config.BOOTSTRAP_PASSWORD_MODEL_WORKER,
  'maintenance-worker': config.BOOTSTRAP_PASSWORD_MAINTENANCE_WORKER,
  'alert-service': config.BOOTSTRAP_PASSWORD_ALERT_SERVICE,
});

/** What fits each variable and yet not the others, one line each. */
export function contradictionsIn(config: BootstrapConfig): string[] {
  const passwords = passwordsOf(config);
  const twice = services.filter((one, at) =>
    services.some((other, place) => place < at && passwords[other] === passwords[one]),
  );
  const { username: admin } = new URL(config.BOOTSTRAP_AMQP_API_URL);
  const redisAdmins = splitServers(config.BOOTSTRAP_REDIS_URL).map((url) => parseRedisUrl(url).username);
  return [
    ...twice.map(
      (service) => `${passwordVariable(service)}: another service has the same; give each its own`,
    ),
    ...(config.BOOTSTRAP_DELETE_GUEST && admin === 'guest'
      ? ['BOOTSTRAP_DELETE_GUEST: BOOTSTRAP_AMQP_API_URL logs in as guest; make another administrator first']
      : []),
    ...(config.BOOTSTRAP_REDIS_DEFAULT_OFF &&
    redisAdmins.some((name) => name === undefined || name === 'default')
      ? [
          'BOOTSTRAP_REDIS_DEFAULT_OFF: BOOTSTRAP_REDIS_URL logs in as the default user; make another administrator first',
        ]
      : []),
  ];
}
