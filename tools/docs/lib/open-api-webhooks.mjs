/** What a batch tells its webhook, and the paths about it; with the helpers of {@link openApi}. */
export function webhookPaths({ contracts, schema, json, failing, errors, id, query }) {
  const delivery = schema('Delivery', contracts.deliverySchema);
  const header = (name, description) => ({
    name,
    in: 'header',
    required: true,
    description,
    schema: { type: 'string' },
  });
  const headers = [
    header('webhook-id', 'The same for every try of a message: handle each id once.'),
    header('webhook-timestamp', 'Seconds since 1970.'),
    header('webhook-signature', 'Standard Webhooks: `v1,` and base64, more than one with spaces between.'),
  ];
  const told = (event, type) => ({
    post: {
      summary: event,
      parameters: headers,
      requestBody: {
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['type', 'timestamp', 'data'],
              properties: {
                type: { const: event },
                timestamp: { type: 'string', format: 'date-time' },
                data: schema(`Webhook.${event}`, type),
              },
            },
          },
        },
      },
      responses: {
        '2XX': { description: 'taken' },
        410: { description: 'the endpoint is gone: it is disabled' },
        default: { description: 'tried again, 8 times over 24 h' },
      },
    },
  });
  const noSecret = failing('the installation has no I2M_WEBHOOK_SECRET');
  return {
    webhooks: Object.fromEntries(
      Object.entries(contracts.webhookEventDataSchemas).map(([event, type]) => [event, told(event, type)]),
    ),
    paths: {
      '/v1/batches/{id}/deliveries': {
        get: {
          summary: 'What its webhook was told and will be told, newest first',
          parameters: [id, ...query(contracts.listDeliveriesQuerySchema)],
          responses: {
            200: json(schema('DeliveryList', contracts.deliveryListSchema), 'a page'),
            422: failing('a parameter is invalid'),
            ...errors,
          },
        },
      },
      '/v1/batches/{id}/deliveries/{delivery}/redeliver': {
        post: {
          summary: 'Send one again, also to a disabled endpoint; the same message under the same id',
          parameters: [id, { name: 'delivery', in: 'path', required: true, schema: { type: 'string' } }],
          responses: { 202: json(delivery, 'on its way'), 409: noSecret, ...errors },
        },
      },
      '/v1/webhooks/secret': {
        get: {
          summary: 'What signs the webhooks of the tenant',
          responses: {
            200: json(schema('WebhookSecret', contracts.webhookSecretSchema), 'the secret; keep it so'),
            401: errors[401],
            409: noSecret,
          },
        },
      },
    },
  };
}
