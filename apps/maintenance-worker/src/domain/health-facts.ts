import type { Lane, ServiceName } from '@image2model/contracts';

/** What a probe found, or why it found nothing. */
export type Probed<T> = ({ ok: true } & T) | { ok: false; error: string };

export interface RedisFacts {
  usedMemory: number;
  /** 0 = no limit */
  maxMemory: number;
  aofLastWriteOk: boolean;
  lastSaveOk: boolean;
  maxMemoryPolicy: string;
  clients: number;
  /** 0 = it does not say */
  maxClients: number;
  /** keys that were dropped to make room since the last look of this process */
  evicted: number;
}

export interface RabbitFacts {
  blocked: boolean;
  /** how long this process has been connected: others may still be on their way back */
  connectedForS: number;
  /** ready messages by work queue */
  ready: Record<string, number>;
  /** consumers by work queue */
  consumers: Record<string, number>;
  /** work queues that somebody deleted */
  missing: readonly string[];
  /** ready messages by dead-letter queue */
  dead: Record<string, number>;
}

/** The processes of one service that live. */
export interface ServiceFacts {
  live: number;
  /** those of them that take no work because they were told so */
  drained: number;
}

export interface FleetFacts {
  services: Readonly<Record<ServiceName, ServiceFacts>>;
  /** the process whose clock is furthest from Redis's */
  worstClock: { instance: string; skewMs: number } | null;
  pausedLanes: readonly Lane[];
}

export interface WorkFacts {
  /** of batches that nobody holds, in lanes that are not paused; null: nothing waits */
  oldestWaitingS: number | null;
  openDeadLetters: number;
  /** ended batches whose completion was not announced for a minute */
  unannounced: number;
  providers: readonly { name: string; code: string; detail: string }[];
}

/** Everything a health check looks at, measured at one time. */
export interface HealthFacts {
  /** null: the storage knows no limit */
  disk: Probed<{ usedPercent: number | null }>;
  memory: Probed<{ usedPercent: number }>;
  redis: Probed<RedisFacts>;
  rabbitmq: Probed<RabbitFacts>;
  fleet: Probed<FleetFacts>;
  work: Probed<WorkFacts>;
  /** whether services may still be starting */
  settling: boolean;
  /** services that an autoscaler may end: without a process they are not missing */
  sleeping: readonly ServiceName[];
}
