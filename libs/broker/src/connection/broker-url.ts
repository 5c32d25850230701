/** Seconds. A dead peer is noticed after two to three of these; the URL may say otherwise (`?heartbeat=`). */
const defaultHeartbeatS = 10;

export interface BrokerUrl {
  /** For amqplib only: holds the password. */
  readonly secret: string;
  /** For logs: protocol, host, port and vhost. */
  readonly shown: string;
}

/** @throws TypeError that does not repeat the text, which may hold a password */
export function parseBrokerUrl(text: string): BrokerUrl {
  if (!URL.canParse(text)) throw new TypeError('the broker URL is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'amqp:' && url.protocol !== 'amqps:')
    throw new TypeError('the broker URL must begin with amqp:// or amqps://');
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(defaultHeartbeatS));
  return { secret: url.href, shown: `${url.protocol}//${url.host}${url.pathname}` };
}
