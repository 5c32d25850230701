import type { DeliveryState, WebhookEvent } from '@image2model/contracts';

/** Where a batch tells of itself, and what. */
export interface BatchWebhook {
  url: string;
  events: readonly WebhookEvent[];
}

/** A message to the webhook of a batch, before its first try. */
export interface NewDelivery {
  /** contracts' delivery ids: follows from the fact that is told */
  id: string;
  event: WebhookEvent;
  /** the bytes that are posted, the same at every try */
  body: string;
}

/** What came of one try. */
export interface DeliveryAttempt {
  atMs: number;
  /** null without an answer */
  status: number | null;
  error: string | null;
  tookMs: number;
}

/** One try of one delivery; a message about any other try is old. */
export interface DeliveryTry {
  id: string;
  /** counts from 1, grows with every redelivery by hand */
  ladder: number;
  /** tries of this ladder that have failed */
  tried: number;
}

export interface DeliveryRecord extends DeliveryTry {
  event: WebhookEvent;
  state: DeliveryState;
  createdAtMs: number;
  /** null when nothing more will be tried */
  nextTryAtMs: number | null;
  /** the last 50, oldest first */
  attempts: DeliveryAttempt[];
}

/** What `begin` answers: the try is the caller's, or it is not. */
export type BeginReply =
  | { status: 'go'; url: string; tenant: string; event: WebhookEvent; body: string; byHand: boolean }
  /** too early, or somebody else has it: nothing happens before that */
  | { status: 'wait'; waitMs: number }
  /** the batch is deleted, or this try was made */
  | { status: 'gone' | 'old' };

/** How a try ended: the next one, or the end. */
export type TryEnd = { state: 'pending'; waitMs: number } | { state: 'delivered' | 'failed' | 'disabled' };
