import {
  alertDeliver,
  defineMessage,
  fileSettled,
  messageCatalog,
  modelGenerate,
  queues,
  workQueues,
} from '@image2model/contracts';
import { delayOf, destinationOf, straightTo } from './destination.js';

it('routes a task by its name and lane, and it must arrive', () => {
  expect(destinationOf(modelGenerate, { lane: 'low' })).toEqual({
    exchange: 'tasks',
    routingKey: 'model.generate.low',
    mandatory: true,
  });
});

it('routes every message of the catalogue to the queues that the topology has for it', () => {
  for (const message of messageCatalog) {
    const lanes = message.type === modelGenerate.type ? (['high', 'normal', 'low'] as const) : [undefined];
    const own = workQueues.filter((queue) => queue.message === message.type);
    const keys = [
      ...lanes.map((lane) => destinationOf(message, lane === undefined ? {} : { lane }).routingKey),
      ...(message.type === alertDeliver.type ? own : []).map(
        (queue) => destinationOf(message, { queue }).routingKey,
      ),
    ];
    expect(keys).toEqual(expect.arrayContaining(own.map((queue) => queue.routingKey)));
  }
});

it('demands a listener only for events that have a queue', () => {
  expect(destinationOf(fileSettled, {}).mandatory).toBe(true);
  const unheard = defineMessage({ ...fileSettled, type: 'nobody.listens' });
  expect(destinationOf(unheard, {}).mandatory).toBe(false);
});

it('reaches a rung by the retry exchange and a queue by the default one', () => {
  expect(delayOf(queues.fileSettled, '5s')).toMatchObject({
    exchange: 'retry',
    routingKey: '5s.batch-orchestrator.file.settled',
  });
  expect(straightTo('q')).toEqual({ exchange: '', routingKey: 'q', mandatory: true });
});
