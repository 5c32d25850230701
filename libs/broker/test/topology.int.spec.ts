import { queues } from '@image2model/contracts';
import { createVhost } from '@image2model/testing';
import { connect } from 'amqplib';
import { connectBroker } from '../src/index.js';
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
    signal: AbortSignal.timeout(2_000),
  });
  await expect(trying).rejects.toThrow();
  expect(logger.lines.join('\n')).toContain(`queue ${name} exists with other arguments; let it run empty`);
  await model.close();
  await vhost.close();
});
