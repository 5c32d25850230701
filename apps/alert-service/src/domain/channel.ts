import type { AlertChannel, ToldAlert } from '@image2model/contracts';

/** Somewhere alerts go. Rejects with a Failure when it did not take one. */
export interface Channel {
  deliver(alert: ToldAlert): Promise<void>;
}

/** The channels of this installation. */
export type Channels = ReadonlyMap<AlertChannel, Channel>;

/** What one channel is to be told; the id is the same for every try. */
export interface Delivery {
  id: string;
  channel: AlertChannel;
  alert: ToldAlert;
}

/** Runs `deliver` unless the same delivery was made. @throws Failure when it is being made elsewhere */
export interface DeliveryGuard {
  once(id: string, deliver: () => Promise<void>): Promise<'told' | 'known'>;
}
