import { bytesText, figure, markdownTable, whole } from './figures.mjs';

/**
 * @typedef {import('../constants/schema.mjs').Constants} Constants
 * @typedef {import('../constants/schema.mjs').Cost} Cost
 */

/** @param {number} seconds */
const micros = (seconds) => figure(seconds * 1e6);

/** What a file costs, line by line. @type {[string, (cost: Cost) => string][]} */
const costRows = [
  ['Redis: commands (those in scripts too)', ({ redis }) => figure(redis.commands)],
  ['Redis: calls of scripts', ({ redis }) => figure(redis.scripts)],
  ['Redis: bytes in, out', ({ redis }) => `${bytesText(redis.bytesIn)}, ${bytesText(redis.bytesOut)}`],
  ['Redis: bytes of its log', ({ redis }) => bytesText(redis.logBytes)],
  ['Redis: bytes of memory afterwards', ({ memory }) => bytesText(memory.rest)],
  ['RabbitMQ: messages', ({ broker }) => figure(broker.published)],
  ['RabbitMQ: bytes in, out', ({ broker }) => `${bytesText(broker.bytesIn)}, ${bytesText(broker.bytesOut)}`],
  ['RabbitMQ: bytes written to its disk', ({ diskBytes }) => bytesText(diskBytes.broker)],
  ['CPU µs: gateway', ({ cpuS }) => micros(cpuS.gateway)],
  ['CPU µs: orchestrator', ({ cpuS }) => micros(cpuS.orchestrator)],
  ['CPU µs: worker', ({ cpuS }) => micros(cpuS.worker)],
  ['CPU µs: RabbitMQ', ({ cpuS }) => micros(cpuS.broker)],
  ['CPU µs: Redis', ({ cpuS }) => micros(cpuS.redis)],
];

/** @param {Constants} constants */
function fileTable({ batches, embedded, paid }) {
  const heads = [
    ...batches.map(({ files }) => `no-op, batches of ${whole(files)}`),
    'embedded',
    'paid, at once',
    'paid, each second',
  ];
  const ofEmbedded = (/** @type {string} */ title, /** @type {string} */ value) =>
    title.startsWith('CPU') && !title.includes('worker') ? 'as a batch of 1' : value;
  return markdownTable(
    ['a file costs', ...heads],
    costRows.map(([title, value]) => [
      title,
      ...batches.map(({ cost }) => value(cost)),
      ofEmbedded(title, value(embedded.cost)),
      ...[paid.atOnce, paid.perSecond].map(value),
    ]),
  );
}

/** @param {Constants} constants */
function processTable({ idle, connections, batches }) {
  const roles = /** @type {const} */ (['gateway', 'orchestrator', 'worker', 'maintenance', 'alert']);
  return markdownTable(
    ['one process', 'MB idle', 'MB at most', 'CPU idle, %', 'to Redis', 'to RabbitMQ', 'channels'],
    roles.map((role) => {
      const { redis = 0, rabbitmq = 0, channels = 0 } = connections[role] ?? {};
      const peak = Math.max(idle.rssMb[role], ...batches.map(({ peakMb }) => peakMb[role]));
      const numbers = [idle.rssMb[role], peak].map(whole);
      return [role, ...numbers, figure(idle.cores[role] * 100), `${redis}`, `${rabbitmq}`, `${channels}`];
    }),
  );
}

/** @param {Constants['s3']} s3 */
const s3Text = ({ perFile }) =>
  Object.entries(perFile)
    .sort(([, a], [, b]) => b - a)
    .map(([operation, count]) => `${figure(count)} ${operation.toUpperCase()}`)
    .join(', ');

/** @typedef {[what: string, measured: string]} Row */

/** @param {Constants} constants @returns {Row[]} */
const idleRows = ({ idle, batches }) => [
  [
    'no-op files a second, one process of each service',
    whole(Math.max(...batches.map(({ filesPerS }) => filesPerS))),
  ],
  ['an idle installation: Redis commands a second', figure(idle.redisCommandsPerS)],
  [
    'an idle installation: CPU of RabbitMQ, Redis, %',
    `${figure(idle.cores.broker * 100)}, ${figure(idle.cores.redis * 100)}`,
  ],
  ['an idle installation: MB of RabbitMQ, Redis', `${whole(idle.brokerMb)}, ${whole(idle.redisMb)}`],
  ['queues', whole(idle.queues)],
];

/** @param {Constants} constants @returns {Row[]} */
const gatewayRows = ({ uploads, downloads, streams, embedded }) => [
  [
    `a MB uploaded (images of ${figure(uploads.imageMb)} MB): CPU ms of the gateway`,
    figure(uploads.gatewayCpuSPerMb * 1e3),
  ],
  ['uploads through one gateway, MB/s', whole(uploads.mbPerS)],
  ['a MB downloaded: CPU ms of the gateway', figure(downloads.gatewayCpuSPerMb * 1e3)],
  [
    'event stream: bytes a file (no-op, embedded)',
    `${bytesText(streams.bytesPerFile)}, ${bytesText(embedded.streamBytesPerFile)}`,
  ],
  ['event stream: CPU µs of the gateway a file and watcher', micros(streams.gatewayCpuSPerFile)],
  ['1,000 idle streams: CPU %, MB', `${figure(streams.idle.cores * 100)}, ${whole(streams.idle.mb)}`],
  [
    'a batch that is watched: CPU % of the gateway, Redis commands a second',
    `${figure(streams.watchedBatch.cores * 100)}, ${figure(streams.watchedBatch.redisCommandsPerS)}`,
  ],
];

/** @param {Constants} constants @returns {Row[]} */
const providerRows = ({ embedded, paid, s3 }) => [
  [
    'Redis: bytes afterwards with hash-max-listpack-value 512 (embedded, paid)',
    `${bytesText(embedded.packedBytes)}, ${bytesText(paid.packedBytes)}`,
  ],
  ['embedded: CPU seconds a model', figure(embedded.cpuSPerModel)],
  [`embedded: models a second, ${embedded.threads} threads`, figure(embedded.modelsPerS)],
  [
    'embedded: MB of the worker, of each thread',
    `${whole(embedded.workerMb)}, ${whole(embedded.mbPerThread)}`,
  ],
  ['S3: requests for a paid file', s3Text(s3)],
  ['S3: reads for a download of a model', figure(s3.perDownload)],
  [
    'paid: requests to fal, and each second of the generation',
    `${figure(paid.requests)}, ${figure(paid.requestsPerSecond)}`,
  ],
  ['paid: CPU seconds of the worker (a model of 50,000 faces checked)', figure(paid.atOnce.cpuS.worker)],
  ['paid: MB of the worker', whole(paid.workerMb)],
];

/** @param {Constants} constants */
const otherTable = (constants) =>
  markdownTable(
    ['what', 'measured'],
    [idleRows, gatewayRows, providerRows].flatMap((rows) => rows(constants)),
  );

/** @param {Constants} constants */
function storageTable({ embedded, paid }) {
  const kinds = [...new Set([...Object.keys(embedded.stored), ...Object.keys(paid.stored)])].sort();
  const cell = (/** @type {Constants['paid']['stored']} */ stored, /** @type {string} */ kind) => {
    const { objects = 0, bytes = 0 } = stored[kind] ?? {};
    return objects === 0 ? '–' : `${objects}, ${bytesText(bytes / objects)}`;
  };
  return markdownTable(
    [
      'objects, bytes each',
      `embedded, ${embedded.photos} files`,
      `paid, ${paid.stored['model']?.objects ?? 0} files`,
    ],
    kinds.map((kind) => [kind, cell(embedded.stored, kind), cell(paid.stored, kind)]),
  );
}

/** @param {Constants} constants */
const machineLine = ({ measured }) => {
  const { day, cores, cpu, memoryGb, node, rabbitmq, redis, othersCpus, minutes } = measured;
  return `Measured on ${day} in ${figure(minutes)} minutes on ${cores} × ${cpu}, ${memoryGb} GB, Node ${node}, RabbitMQ ${rabbitmq}, Redis ${redis} (appendfsync always); other programs kept ${figure(othersCpus)} processors busy.`;
};

/**
 * What was measured, by the name of the marker in docs/scaling.md.
 * @param {Constants} constants
 * @returns {Record<string, string>}
 */
export const constantTables = (constants) => ({
  machine: machineLine(constants),
  files: fileTable(constants),
  processes: processTable(constants),
  others: otherTable(constants),
  storage: storageTable(constants),
});
