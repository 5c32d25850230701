import { allDeclarations, declarationsOf } from './declarations.js';
import { messageCatalog } from './messages/catalog.js';
import { queues, services, workQueues } from './topology.js';

test('every work queue has its dead-letter queue and leads to it', () => {
  for (const queue of workQueues) {
    const declared = declarationsOf(queue);
    expect(declared.map(({ role }) => role)).toEqual(['dead', 'work', ...queue.delays.map(() => 'delay')]);
    expect(declared[0]?.arguments['x-delivery-limit']).toBe(1_000_000);
    const work = declared.find(({ role }) => role === 'work');
    expect(work?.arguments['x-dead-letter-routing-key']).toBe(`${queue.name}.dead`);
  }
});

test('delay queues wait by a TTL of their own and lead straight back, at least once', () => {
  const delays = declarationsOf(queues.generateHigh).filter(({ role }) => role === 'delay');
  expect(delays.map((queue) => queue.arguments['x-message-ttl'])).toEqual([
    5_000, 15_000, 60_000, 300_000, 900_000,
  ]);
  for (const delay of delays) {
    expect(delay.arguments).toMatchObject({
      'x-queue-type': 'quorum',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': queues.generateHigh.name,
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    });
    expect(delay.arguments).not.toHaveProperty('x-expires');
  }
});

test('names are unique, belong to a service and carry a known message', () => {
  const names = allDeclarations().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const queue of workQueues) {
    expect(services).toContain(queue.service);
    expect(queue.name.startsWith(`${queue.service}.`)).toBe(true);
    const message = messageCatalog.find(({ type }) => type === queue.message);
    expect(message?.kind).toBe(queue.exchange === 'tasks' ? 'task' : 'event');
  }
});

test('only the priority queues are classic', () => {
  const classic = allDeclarations().filter((queue) => queue.arguments['x-queue-type'] !== 'quorum');
  expect(classic.map(({ name }) => name)).toEqual([
    'alert-service.alert.send',
    'maintenance-worker.maintenance.run',
  ]);
  for (const queue of classic) expect(queue.arguments['x-max-priority']).toBe(10);
});
