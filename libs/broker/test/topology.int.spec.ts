import { allDeclarations, exchanges, queues } from '@image2model/contracts';
import { createVhost, waitFor } from '@image2model/testing';
import { connect } from 'amqplib';
import { connectBroker, declareTopology } from '../src/index.js';
import { memoryLogger } from './support/memory-logger.js';

test('a queue that an older version declared otherwise is named, with what to do about it', async () => {
  const vhost = await createVhost();
  const model = await connect(vhost.url);
  const channel = await model.createChannel();
  const name = `${queues.fileSettled.name}.dead`;
  await channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  const logger = memoryLogger();
  const trying = connectBroker({
    url: vhost.url,
    service: 'spec',
    logger,
    signal: AbortSignal.timeout(10_000),
  });
  await expect(trying).rejects.toThrow();
  expect(logger.lines.join('\n')).toContain(`queue ${name} exists with other arguments; let it run empty`);
  await model.close();
  await vhost.close();
});

test('who expects the topology declares nothing, says what is missing, and goes on when it is there', async () => {
  const vhost = await createVhost();
  const logger = memoryLogger();
  const reasons: (string | undefined)[] = [];
  const connecting = connectBroker({
    ...{ url: vhost.url, service: 'spec', logger, topology: 'expect' },
    onWait: (reason) => reasons.push(reason),
  });
  await waitFor(() => reasons.length > 1, { what: 'two tries' });
  const missing = allDeclarations().length + Object.keys(exchanges).length;
  expect(reasons[0]).toContain(
    `RabbitMQ has no exchange tasks, exchange events, exchange retry and ${missing - 3} more`,
  );
  expect(reasons[0]).toContain('run it with this version, or set I2M_TOPOLOGY=declare');

  const model = await connect(vhost.url);
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  await expect(channel.checkExchange('tasks')).rejects.toThrow('404');

  await declareTopology({ url: vhost.url, signal: AbortSignal.timeout(20_000) });
  const broker = await connecting;
  expect(reasons.at(-1)).toBeUndefined();
  // one queue less, and whoever connects now is told its name
  const deleting = await model.createChannel();
  await deleting.deleteQueue(queues.batchCompleted.name);
  const late: string[] = [];
  const trying = connectBroker({
    ...{ url: vhost.url, service: 'spec', logger, topology: 'expect', signal: AbortSignal.timeout(6_000) },
    onWait: (reason) => late.push(reason ?? 'connected'),
  });
  await expect(trying).rejects.toThrow();
  expect(late[0]).toContain(`RabbitMQ has no queue ${queues.batchCompleted.name};`);
  expect(late).not.toContain('connected');
  await broker.close();
  await model.close();
  await vhost.close();
});
