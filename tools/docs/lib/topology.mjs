import { code, page, table } from './markdown.mjs';

const seconds = (ms) => (ms < 60_000 ? `${ms / 1000} s` : `${ms / 60_000} min`);
const args = (queue) =>
  Object.entries(queue.arguments)
    .map(([name, value]) => `${name}=${value === '' ? "''" : value}`)
    .join(', ');

export function topologyPage({ contracts }) {
  const { exchanges, workQueues, allDeclarations, rungs, failureKinds, laneWeights, priorities } = contracts;
  const declared = allDeclarations();
  return page(
    'Topology',
    '## Exchanges',
    table(
      ['exchange', 'type', 'purpose'],
      Object.values(exchanges).map((x) => [code(x.name), x.type, x.purpose]),
    ),
    '## Work queues',
    'Each has a dead-letter queue `<queue>.dead` and one delay queue `delay.<rung>.<queue>` for each of its rungs.',
    table(
      ['queue', 'service', 'message', 'binding', 'type', 'rungs'],
      workQueues.map((q) => [
        code(q.name),
        q.service,
        code(q.message),
        code(`${q.exchange} / ${q.routingKey}`),
        q.type,
        q.delays.join(' '),
      ]),
    ),
    '## Lanes',
    table(['lane', 'share of worker slots'], Object.entries(laneWeights)),
    `Priorities on the priority queues: ${Object.entries(priorities)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}.`,
    '## Retry ladder',
    table(
      ['rung', 'wait'],
      rungs.map((rung) => [rung.name, seconds(rung.delayMs)]),
    ),
    'An attempt waits on its rung or the next one, by chance; generations stop climbing at 5 min. A wait that the other side asked for rounds up to a rung.',
    '## Failure kinds',
    table(
      ['kind', 'attempts', 'waits without using attempts', 'whose fault', 'meaning'],
      Object.entries(failureKinds).map(([kind, k]) => [
        code(kind),
        k.attempts,
        k.parks ? 'yes' : 'no',
        k.blame,
        k.meaning,
      ]),
    ),
    `## All ${declared.length} queues as declared`,
    table(
      ['queue', 'role', 'arguments'],
      declared.map((q) => [code(q.name), q.role, args(q)]),
    ),
  );
}
