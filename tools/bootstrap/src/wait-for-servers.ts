import { setTimeout as pause } from 'node:timers/promises';
import { ManagementError, type ManagementApi } from './rabbitmq/management-api.js';

/** Something that may not be there yet. */
export interface Awaited {
  readonly what: string;
  ask(): Promise<unknown>;
}

const everyMs = 1_000;
/** How often the wait is told. */
const tellEveryMs = 10_000;

/** @throws the last error when one of them is not there in time; at once when it refuses our login */
export async function waitForServers(
  servers: readonly Awaited[],
  { waitS, say }: { waitS: number; say: (line: string) => void },
): Promise<void> {
  const until = performance.now() + waitS * 1_000;
  for (const { what, ask } of servers) {
    for (let toldAt = -Infinity; ;) {
      try {
        await ask();
        break;
      } catch (error) {
        const now = performance.now();
        if (isFinal(error) || now + everyMs > until) throw error;
        if (now - toldAt >= tellEveryMs) {
          say(`waiting for ${what}: ${error instanceof Error ? error.message : String(error)}`);
          toldAt = now;
        }
        await pause(everyMs);
      }
    }
  }
}

/** It is there, and waiting makes no login right. */
const isFinal = (error: unknown): boolean =>
  (error instanceof ManagementError && error.status >= 400 && error.status < 500) ||
  /WRONGPASS|NOAUTH|NOPERM/.test(String(error));

/** The management API, once it knows our login. */
export const apiAwaited = (api: ManagementApi): Awaited => ({
  what: "RabbitMQ's management API",
  ask: () => api.get('whoami'),
});
