export { closingAfterAll } from './closing-after-all.js';
export {
  defaultFalKey,
  readFalStandInOptions,
  type FalControl,
  type FalStandInOptions,
  type KeyState,
} from './fal/options.js';
export { faultStages, type FaultName, type FaultRuleInput } from './fal/faults.js';
export type { LedgerRow } from './fal/job.js';
export { startFalStandIn, type FalStandIn } from './fal/start-fal-stand-in.js';
export type { FalStats } from './fal/stats.js';
export {
  createClient,
  uploadForm,
  type Answer,
  type BatchView,
  type Client,
  type UploadFile,
} from './http/client.js';
export { followBatch, type FollowOptions } from './http/follow-batch.js';
export { parseEvents, readEvents, type ReadEventsOptions, type SseEvent } from './http/read-events.js';
export { startReceiver, type ReceivedRequest, type Receiver, type Reply } from './http/receiver.js';
export { bombPng, disallowedImages, paddedJpeg, truncatedJpeg } from './images/bad-images.js';
export { photo, type PhotoOptions } from './images/photo.js';
export { repoRoot } from './repo-root.js';
export { makeCertificates, type Certificates } from './servers/clusters/certificates.js';
export { startRabbitCluster, type RabbitCluster } from './servers/clusters/rabbit-cluster.js';
export { startRedisSentinels, type RedisSentinels } from './servers/clusters/redis-sentinels.js';
export { attemptAmqp, type AmqpOperation } from './servers/attempt-amqp.js';
export { startOwnRedis, type OwnRedis } from './servers/own-redis.js';
export { keepEvents } from './servers/kept-events.js';
export { queueDepths } from './servers/queue-depths.js';
export { createRedisDatabase, type RedisDatabase } from './servers/redis-database.js';
export { rawRedis, type RawRedis } from './servers/raw-redis.js';
export { startS3, type S3Server } from './servers/s3-server.js';
export { startProxy, type TcpProxy } from './servers/tcp-proxy.js';
export { createVhost, type Vhost } from './servers/vhost.js';
export { publishBytes, watchEvents, type EventWatcher, type WatchedEvent } from './servers/watch-events.js';
export {
  appBundle,
  startApp,
  type AppProcess,
  type AppProcessOptions,
  type Exit,
} from './system/app-process.js';
export { freePorts } from './system/free-ports.js';
export { newApiKey, startSystem, type System, type SystemOptions } from './system/start-system.js';
export { waitFor, type WaitOptions } from './wait-for.js';
