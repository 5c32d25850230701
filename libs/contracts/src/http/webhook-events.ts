/** What a webhook may be told. */
export const webhookEvents = ['batch.completed', 'file.completed', 'file.failed', 'file.cancelled'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];
