import { lanes, logLevels, services, type Lane, type ServiceName } from '@image2model/contracts';
import { z } from 'zod';

const drainSchema = z.object({ then: z.enum(['restart', 'idle']), by: z.string(), atMs: z.number() });
const logLevelSchema = z.object({ level: z.enum(logLevels), untilMs: z.number(), by: z.string() });
const pausedLaneSchema = z.object({ detail: z.string(), by: z.string(), sinceMs: z.number() });

export type DrainOrder = z.output<typeof drainSchema>;
export type LogLevelOrder = z.output<typeof logLevelSchema>;
export type PausedLane = z.output<typeof pausedLaneSchema>;

/** Everything that operators ordered and that is still in force. */
export interface OrderBook {
  /** by instance */
  readonly drains: ReadonlyMap<string, DrainOrder>;
  readonly logLevels: ReadonlyMap<ServiceName | 'all', LogLevelOrder>;
  readonly lanes: ReadonlyMap<Lane, PausedLane>;
}

export const noOrders: OrderBook = { drains: new Map(), logLevels: new Map(), lanes: new Map() };

/** Fields of the hash of orders. */
export const orderFields = {
  drain: (instance: string): string => `drain:${instance}`,
  logLevel: (service: ServiceName | 'all'): string => `log:${service}`,
  lane: (lane: Lane): string => `lane:${lane}`,
} as const;

/** What a newer version ordered and this one does not know is left alone. */
export function parseOrders(fields: Readonly<Record<string, string>>): OrderBook {
  const drains = Object.keys(fields).flatMap((field) => {
    const order = field.startsWith('drain:') ? parsed(drainSchema, fields[field]) : undefined;
    return order === undefined ? [] : [[field.slice('drain:'.length), order] as const];
  });
  const pick = <K extends string, T>(
    names: readonly K[],
    field: (name: K) => string,
    schema: z.ZodType<T>,
  ): Map<K, T> =>
    new Map(
      names.flatMap((name) => {
        const order = parsed(schema, fields[field(name)]);
        return order === undefined ? [] : [[name, order] as const];
      }),
    );
  return {
    drains: new Map(drains),
    logLevels: pick([...services, 'all' as const], orderFields.logLevel, logLevelSchema),
    lanes: pick(lanes, orderFields.lane, pausedLaneSchema),
  };
}

function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON: not an order
  }
}

/** The level that a service is to log at now; undefined: as configured. What was said to the service itself counts most. */
export function orderedLevel(
  { logLevels: ordered }: OrderBook,
  service: ServiceName,
  nowMs: number,
): LogLevelOrder['level'] | undefined {
  const inForce = [ordered.get(service), ordered.get('all')].find(
    (order) => order !== undefined && order.untilMs > nowMs,
  );
  return inForce?.level;
}
