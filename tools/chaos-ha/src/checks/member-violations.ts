import type { RabbitCluster } from '@image2model/testing';

const members = 3;

/** A quorum queue that was declared while nodes were missing has too few members, and dies with one of them. */
export async function memberViolations(rabbit: RabbitCluster): Promise<string[]> {
  const queues = await rabbit.queues();
  return queues.flatMap(({ name, members: own }) =>
    own === undefined || own.length === members ? [] : [`${name} has ${own.length} members`],
  );
}
