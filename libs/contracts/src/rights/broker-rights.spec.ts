import { allDeclarations } from '../declarations.js';
import { messageCatalog } from '../messages/catalog.js';
import { exchanges, services, workQueues } from '../topology.js';
import { brokerRightsOf, deployRights, permissionPattern } from './broker-rights.js';
import { publishers } from './publishers.js';

test('the publishers of every message are known, and of nothing else', () => {
  expect(Object.keys(publishers).toSorted()).toEqual(messageCatalog.map(({ type }) => type).toSorted());
});

test('no service declares, and each reads its own queues', () => {
  for (const service of services) {
    const { configure, read } = brokerRightsOf(service);
    expect(configure).toEqual([]);
    const own = workQueues.filter((queue) => queue.service === service).map(({ name }) => name);
    expect(read).toEqual(expect.arrayContaining(own));
    const foreign = read.filter((name) => !own.includes(name));
    expect(foreign.every((name) => service === 'batch-orchestrator' && name.endsWith('.dead'))).toBe(true);
  }
});

test('the gateway reads nothing unless it may purge, and then everything', () => {
  expect(brokerRightsOf('gateway').read).toEqual([]);
  expect(brokerRightsOf('gateway', { purge: true }).read).toHaveLength(allDeclarations().length);
  expect(brokerRightsOf('alert-service', { purge: true })).toEqual(brokerRightsOf('alert-service'));
});

test('who may write where', () => {
  expect(Object.fromEntries(services.map((service) => [service, brokerRightsOf(service).write]))).toEqual({
    gateway: ['tasks', 'events'],
    'batch-orchestrator': ['tasks', 'events', 'retry', 'dead-letter', 'amq.default'],
    'model-worker': ['tasks', 'events', 'retry', 'dead-letter'],
    'maintenance-worker': ['tasks', 'retry', 'dead-letter'],
    'alert-service': ['tasks', 'retry', 'dead-letter'],
  });
  expect(brokerRightsOf('model-worker').events).toEqual(['file.settled']);
  expect(brokerRightsOf('gateway').events).toEqual([
    'batch.submitted',
    'batch.cancel-requested',
    'generation.notified',
  ]);
});

test('the deploy user configures the topology and nothing beside it', () => {
  const { configure, events } = deployRights();
  expect(configure).toHaveLength(Object.keys(exchanges).length + allDeclarations().length);
  expect(events).toEqual([]);
});

test('a pattern matches the names whole and takes a dot for a dot', () => {
  const pattern = new RegExp(permissionPattern(['a.b', 'c']));
  expect(['a.b', 'c'].every((name) => pattern.test(name))).toBe(true);
  expect(['aXb', 'a.b.dead', 'xc', '', 'a.b|c'].some((name) => pattern.test(name))).toBe(false);
  expect(new RegExp(permissionPattern([])).test('a')).toBe(false);
});
