import type { DeliveryAttempt, WebhookEndpoints } from '@image2model/progress';

/** What is posted where. */
export interface WebhookPost {
  /** `webhook-id` */
  id: string;
  url: string;
  tenant: string;
  body: string;
}

/** Posts one message, signed. Never rejects for what the endpoint does; @throws the signal's reason */
export interface WebhookSender {
  post(message: WebhookPost, signal: AbortSignal): Promise<DeliveryAttempt>;
}

/** A place among the few posts that one host gets at a time; null when none was free for a while. */
export type HostPlaces = (url: string, signal: AbortSignal) => Promise<(() => void) | null>;

export type Endpoints = Pick<WebhookEndpoints, 'disabled' | 'worked' | 'failed'>;
