import { parseBrokerList } from '@image2model/service-kit';

/** Seconds. A dead peer is noticed after two to three of these; the URL may say otherwise (`?heartbeat=`). */
const defaultHeartbeatS = 10;

export interface BrokerUrl {
  /** For amqplib only: holds the password. */
  readonly secret: string;
  /** For logs: protocol, host, port and vhost. */
  readonly shown: string;
}

/**
 * The nodes of a cluster, in the order in which they are written.
 * @throws TypeError that does not repeat the text, which may hold a password
 */
export const parseBrokerUrls = (text: string): BrokerUrl[] => parseBrokerList(text).map(brokerUrlOf);

function brokerUrlOf(text: string): BrokerUrl {
  const url = new URL(text);
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(defaultHeartbeatS));
  return { secret: url.href, shown: `${url.protocol}//${url.host}${url.pathname}` };
}
