import { z } from 'zod';

const ports: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** `host:port` as it is compared: lower case, and with the port that the scheme implies. */
export const hostAndPort = (url: URL): string => `${url.hostname}:${url.port || (ports[url.protocol] ?? '')}`;

/**
 * Why a URL may not be asked for an image, in words for its caller; null when it may. The address behind the host is
 * looked at when it is fetched. The words never repeat the URL: it may hold a signature.
 * @param allowed `host:port` entries that may have any port
 * @param usual the ports of all other hosts
 */
export function sourceUrlFault(
  text: string,
  allowed: readonly string[],
  usual: readonly string[] = ['80', '443'],
): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return 'is not a URL';
  if (ports[url.protocol] === undefined)
    return `must begin with http:// or https://; got ${url.protocol.slice(0, 40)}`;
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password';
  if (url.port !== '' && !usual.includes(url.port) && !allowed.includes(hostAndPort(url)))
    return `must use port ${usual.join(' or ')}; got ${url.port}`;
  return null;
}

/** A URL as it may be shown: signed URLs carry their secret in the query. */
export function shownUrl(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname}`;
}

/** SOURCE_ALLOW_HOSTS: a comma list of exact `host:port` (`[v6]:port`). */
export const sourceHostsSchema = z
  .string()
  .default('')
  .transform((text, context) => {
    const hosts: string[] = [];
    for (const entry of text.split(',').map((part) => part.trim())) {
      if (entry === '') continue;
      const url =
        /:\d{1,5}$/.test(entry) && URL.canParse(`http://${entry}`) ? new URL(`http://${entry}`) : null;
      if (url === null || url.pathname !== '/' || url.search + url.hash + url.username !== '')
        context.addIssue({ code: 'custom', message: `${entry} is not host:port`, input: undefined });
      else hosts.push(hostAndPort(url));
    }
    return hosts;
  });
