import { z } from 'zod';

const healthcheck = z.object({
  test: z.array(z.string()).min(2),
  interval: z.string(),
  timeout: z.string(),
  retries: z.int().positive(),
});
const ourService = z.strictObject({
  profiles: z.array(z.literal('all')).length(1),
  image: z.string(),
  build: z.strictObject({ context: z.literal('.'), target: z.string() }),
  env_file: z.literal('compose.env'),
  environment: z.record(z.string(), z.string()),
  restart: z.literal('unless-stopped'),
  read_only: z.literal(true),
  tmpfs: z.literal('/tmp'),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  stop_grace_period: z.literal('30s'),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })),
  healthcheck,
  ports: z.array(z.string()).optional(),
});
const server = z.strictObject({
  profiles: z.array(z.literal('all')).length(1).optional(),
  image: z.string(),
  hostname: z.string().optional(),
  command: z.array(z.string()).optional(),
  env_file: z.literal('compose.env').optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck,
});
/** @typedef {z.output<typeof ourService>} OurService */
/** @typedef {z.output<typeof server> & Partial<OurService>} Service */

/** Started by `docker compose up` alone: what `npm start` outside of containers needs. */
const always = ['rabbitmq', 'redis'];

/** @param {string} name @param {Service} service @param {{ version: string, services: string[] }} ours */
function shapeProblems(name, service, ours) {
  const isOurs = ours.services.includes(name);
  const parsed = (isOurs ? ourService : server).safeParse(service);
  if (!parsed.success) return [`${name}: ${z.prettifyError(parsed.error)}`];
  if (isOurs && service.build?.target !== name)
    return [`${name}: it is built from target ${service.build?.target}`];
  const wanted = `image2model/${name}:${ours.version}`;
  return isOurs && service.image !== wanted
    ? [`${name}: its image is ${service.image}, expected ${wanted}`]
    : [];
}

/** @param {string} name @param {Service} service */
const serviceProblems = (name, { image, ports = [], profiles = [] }) => [
  ...(/:v?(RELEASE\.)?\d[\w.-]*$/.test(image) ? [] : [`${name}: image ${image} is not pinned to a version`]),
  ...ports
    .filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))
    .map((port) => `${name}: port ${port} is open to other machines; write 127.0.0.1:${port}`),
  ...(always.includes(name) === (profiles.length === 0)
    ? []
    : [
        `${name}: ${always.includes(name) ? 'npm start needs it without a profile' : 'it belongs to profile all'}`,
      ]),
];

/** @param {Record<string, Service>} services */
function referenceProblems(services) {
  const ports = Object.values(services).flatMap(({ ports: own = [] }) =>
    own.map((port) => port.split(':')[1]),
  );
  return [
    ...ports.filter((port, at) => ports.indexOf(port) !== at).map((port) => `port ${port} is taken twice`),
    ...Object.entries(services).flatMap(([name, { depends_on: needs = {} }]) =>
      Object.keys(needs)
        .filter((needed) => services[needed] === undefined)
        .map((needed) => `${name} waits for ${needed}, which is not there`),
    ),
  ];
}

/**
 * Which rules a compose file breaks; nothing when all is well.
 * @param {{ services: Record<string, Service>, volumes?: Record<string, unknown> }} compose
 * @param {{ version: string, services: string[] }} ours
 */
export const composeProblems = ({ services, volumes = {} }, ours) => [
  ...Object.entries(services).flatMap(([name, service]) => [
    ...shapeProblems(name, service, ours),
    ...serviceProblems(name, service),
    ...(service.volumes ?? [])
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((source) => !source.startsWith('./') && !(source in volumes))
      .map((source) => `${name}: volume ${source} is not declared`),
  ]),
  ...referenceProblems(services),
  ...ours.services.filter((name) => !(name in services)).map((name) => `${name} is missing`),
];
