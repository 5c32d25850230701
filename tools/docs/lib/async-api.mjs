const amqp = (binding) => ({ amqp: { ...binding, bindingVersion: '0.3.0' } });

function messages({ contracts, z }) {
  const envelope = z.toJSONSchema(contracts.envelopeSchema, { io: 'input' });
  delete envelope.$schema;
  return Object.fromEntries(
    contracts.messageCatalog.map((message) => {
      const payload = z.toJSONSchema(message.payload, { io: 'input' });
      delete payload.$schema;
      const schema = {
        ...envelope,
        properties: {
          ...envelope.properties,
          type: { const: message.type },
          version: { const: message.version },
          payload,
        },
        required: [...new Set([...(envelope.required ?? []), 'payload'])],
      };
      return [
        message.type,
        {
          name: message.type,
          title: message.type,
          summary: message.summary,
          contentType: 'application/json',
          payload: schema,
        },
      ];
    }),
  );
}

/** The messages and queues as AsyncAPI 3. */
export function asyncApi(sources) {
  const { exchanges, workQueues } = sources.contracts;
  const all = messages(sources);
  const channels = {};
  const operations = {};
  for (const queue of workQueues) {
    const exchange = exchanges[queue.exchange];
    channels[queue.name] = {
      address: queue.routingKey,
      messages: { [queue.message]: { $ref: `#/components/messages/${queue.message}` } },
      bindings: amqp({
        is: 'routingKey',
        exchange: { name: exchange.name, type: exchange.type, durable: true, autoDelete: false },
      }),
    };
    operations[`receive.${queue.name}`] = {
      action: 'receive',
      channel: { $ref: `#/channels/${queue.name}` },
      summary: `${queue.service} works off ${queue.name}`,
      messages: [{ $ref: `#/channels/${queue.name}/messages/${queue.message}` }],
    };
  }
  channels['batch.completed'] = {
    address: 'batch.completed',
    messages: { 'batch.completed': { $ref: '#/components/messages/batch.completed' } },
    bindings: amqp({
      is: 'routingKey',
      exchange: { name: 'events', type: 'topic', durable: true, autoDelete: false },
    }),
  };
  operations['send.batch.completed'] = {
    action: 'send',
    channel: { $ref: '#/channels/batch.completed' },
    summary: 'Exactly one event id for each run of a batch; delivered at least once',
    messages: [{ $ref: '#/channels/batch.completed/messages/batch.completed' }],
  };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'image2model messages',
      version: '1.0.0',
      description: 'What the services say to one another over RabbitMQ.',
    },
    defaultContentType: 'application/json',
    channels,
    operations,
    components: { messages: all },
  };
}
