/**
 * Whether the broker refused because the one node that holds a classic queue is away. It says 404 then, but the queue
 * exists: it comes back with its node. Quorum queues answer as long as most of their members run.
 */
export const isOnAbsentNode = (error: unknown): boolean =>
  /home node .* is down or inaccessible/i.test(String(error));
