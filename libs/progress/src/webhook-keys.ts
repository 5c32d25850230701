/** Keys of what webhooks are told; those of a batch are on its cluster slot. Part of `keys`. */
export const webhookKeys = {
  deliveries: (id: string): string => `i2m:{${id}}:dl`,
  delivery: (id: string, delivery: string): string => `i2m:{${id}}:d:${delivery}`,
  deliveriesDue: (): string => 'i2m:deliveries-due',
  webhookEndpoint: (tenant: string, urlHash: string): string => `i2m:webhook-endpoint:${tenant}:${urlHash}`,
} as const;

/** The same keys for readers; part of `keyCatalog`. */
export const webhookKeyCatalog = [
  {
    name: 'deliveries',
    pattern: 'i2m:{<batch>}:dl',
    type: 'zset',
    holds: 'deliveries to the webhook of the batch → ms when they were planned',
    lifetime: 'with the batch',
    writer: 'alert-service',
  },
  {
    name: 'delivery',
    pattern: 'i2m:{<batch>}:d:<delivery>',
    type: 'hash',
    holds:
      'event, body, state, ladder and number of tries, next try, who tries it now, what came of the last 50 tries',
    lifetime: 'with the batch',
    writer: 'alert-service; gateway (redelivery)',
  },
  {
    name: 'deliveriesDue',
    pattern: 'i2m:deliveries-due',
    type: 'zset',
    holds: 'unfinished deliveries → ms when somebody must have moved them',
    lifetime: 'entries until delivered or given up',
    writer: 'alert-service, gateway',
  },
  {
    name: 'webhookEndpoint',
    pattern: 'i2m:webhook-endpoint:<tenant>:<sha256 of the URL>',
    type: 'hash',
    holds: 'since when the endpoint fails, when and why it was disabled',
    lifetime: 'until it takes a message; 30 days from its last failure',
    writer: 'alert-service',
  },
] as const;
