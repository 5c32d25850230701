import { isIP } from 'node:net';
import { hostAndPort, sourceUrlFault } from '@image2model/contracts';
import { forbiddenAddress } from './forbidden-address.js';

/** Where webhooks usually listen; any other port is one that an operator allowed. */
export const postPorts = ['80', '443', '8080', '8443'] as const;

/**
 * Why a URL can never be posted to, in words for its caller; null when it may be. A name is looked up when it is posted
 * to, an address is judged here: the URL parser has made a plain one of whatever spelling it had.
 * @param allowed `host:port` entries that may be anywhere
 */
export function postUrlFault(text: string, allowed: readonly string[]): string | null {
  const fault = sourceUrlFault(text, allowed, postPorts);
  if (fault !== null) return fault;
  const url = new URL(text);
  if (allowed.includes(hostAndPort(url))) return null;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (/(^|\.)localhost\.?$/.test(host)) return 'must not be a loopback address';
  if (isIP(host) === 0) return null;
  const why = forbiddenAddress(host);
  return why === null ? null : `must lead to a public address; ${host} is ${why}`;
}
