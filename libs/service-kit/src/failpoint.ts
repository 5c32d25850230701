import type { ServiceName } from '@image2model/contracts';
import { failpointCatalog, type FailpointName } from './failpoint-catalog.js';
import type { Logger } from './logger.js';

const actions = ['kill', 'throw', 'pause'] as const;
type Action = (typeof actions)[number];

/** What `FAILPOINT=<name>:<action>[:<n>]` asks for. */
export interface FailpointOrder {
  name: FailpointName;
  /** `kill`: SIGKILL to itself. `throw`: an Error. `pause`: SIGSTOP to itself, until somebody sends SIGCONT. */
  action: Action;
  /** At the n-th time the point is reached; 1 unless given. */
  nth: number;
}

let armed: { order: FailpointOrder; left: number; logger: Logger } | undefined;

/**
 * A place between two durable steps at which a test can make this process fail, once per start. Without an order it
 * costs a call and a comparison; there is nothing to await. @throws Error when the order is `throw`
 */
export function failpoint(name: FailpointName): void {
  if (armed !== undefined) reach(name);
}

/** @throws RangeError that lists what is known */
export function parseFailpoint(text: string): FailpointOrder {
  const [name = '', action = '', nth = '1', ...rest] = text.split(':');
  const known = failpointCatalog.find((entry) => entry.name === name);
  if (known === undefined)
    throw new RangeError(`no such failpoint; there are ${failpointCatalog.map((p) => p.name).join(', ')}`);
  const wanted = actions.find((candidate) => candidate === action);
  if (wanted === undefined || rest.length > 0 || !/^[1-9]\d{0,5}$/.test(nth))
    throw new RangeError(
      `expected <name>:<action> or <name>:<action>:<n>; the actions are ${actions.join(', ')}`,
    );
  return { name: known.name, action: wanted, nth: Number(nth) };
}

/** Arms this process, from its composition root. An order for another service, or none, disarms it. */
export function armFailpoint(
  order: FailpointOrder | undefined,
  { service, logger }: { service: ServiceName; logger: Logger },
): void {
  const ours = failpointCatalog.some((entry) => entry.name === order?.name && entry.service === service);
  armed = order !== undefined && ours ? { order, left: order.nth, logger } : undefined;
}

function reach(name: FailpointName): void {
  if (armed === undefined || armed.order.name !== name) return;
  armed.left -= 1;
  if (armed.left > 0) return;
  const { order, logger } = armed;
  armed = undefined;
  logger.warn('failpoint reached', { failpoint: name, action: order.action });
  switch (order.action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'pause':
      process.kill(process.pid, 'SIGSTOP');
      return;
    case 'throw':
      throw new Error(`failpoint ${name}`);
  }
}
