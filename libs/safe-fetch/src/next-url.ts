import { sourceUrlFault } from '@image2model/contracts';
import { FetchError } from './fetch-error.js';

export interface UrlRules {
  /** `host:port` entries that may have any port */
  allow: readonly string[];
  /** of all other hosts; undefined: the usual ones */
  ports: readonly string[] | undefined;
}

/** The URL that somebody sent. @throws FetchError forbidden */
export function checkedUrl(text: string, { allow, ports }: UrlRules): URL {
  const fault = sourceUrlFault(text, allow, ports);
  if (fault !== null) throw new FetchError('forbidden', `the URL ${fault}`);
  return new URL(text);
}

/**
 * Where a redirect leads; every rule of the first URL stands. The words of a fault would repeat a piece of the
 * location, and that is the server's: they are not given on.
 * @throws FetchError forbidden
 */
export function redirectedUrl(from: URL, location: string, subject: string, { allow, ports }: UrlRules): URL {
  // headers come as bytes, one to a character; what is not ASCII in them is meant as UTF-8
  const text = Buffer.from(location, 'latin1').toString();
  const to = URL.canParse(text, from.href) ? new URL(text, from.href) : null;
  if (to === null || sourceUrlFault(to.href, allow, ports) !== null)
    throw new FetchError('forbidden', `${subject} redirects to a URL that may not be asked`);
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw new FetchError('forbidden', `${subject} redirects from https to http`);
  return to;
}
