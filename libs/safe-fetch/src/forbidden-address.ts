import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The only addresses of IPv6 that are given out to the public. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Why an address may not be connected to; null when it is a plain public one. IPv6 forms that carry an IPv4 address
 * (mapped, compatible, 6to4, NAT64, Teredo) are refused whatever they carry.
 */
export function forbiddenAddress(address: string): string | null {
  if (isIP(address) === 0) return 'not an address';
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range !== 'unicast') return words[range] ?? 'not public';
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicast)) return 'not public';
  return null;
}

const words: Readonly<Record<string, string>> = {
  unspecified: 'not an address of a host',
  broadcast: 'a broadcast address',
  multicast: 'a multicast address',
  linkLocal: 'a link-local address',
  loopback: 'a loopback address',
  private: 'a private address',
  carrierGradeNat: 'a private address',
  uniqueLocal: 'a private address',
  deprecatedSiteLocal: 'a private address',
};
