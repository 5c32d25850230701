/** What a probe found, or why it found nothing. */
export type Probed<T> = ({ ok: true } & T) | { ok: false; error: string };

export interface RedisFacts {
  usedMemory: number;
  /** 0 = no limit */
  maxMemory: number;
  aofLastWriteOk: boolean;
  maxMemoryPolicy: string;
}

export interface RabbitFacts {
  blocked: boolean;
  /** ready messages by work queue */
  ready: Record<string, number>;
  /** ready messages by dead-letter queue */
  dead: Record<string, number>;
}

/** Everything a health check looks at, measured at one time. */
export interface HealthFacts {
  /** null: the storage knows no limit */
  disk: Probed<{ usedPercent: number | null }>;
  memory: Probed<{ usedPercent: number }>;
  redis: Probed<RedisFacts>;
  rabbitmq: Probed<RabbitFacts>;
  /** live processes by service */
  services: Probed<{ live: Readonly<Record<string, number>> }>;
  /** whether services may still be starting */
  settling: boolean;
}
