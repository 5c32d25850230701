/** The hosts of fal by what they do: the key goes to these and to no other. */
export const falHosts = {
  queue: 'https://queue.fal.run',
  rest: 'https://rest.fal.ai',
  restAlpha: 'https://rest.alpha.fal.ai',
  api: 'https://api.fal.ai',
} as const;

const apiHost = /^([a-z0-9-]+\.)*fal\.(run|ai)$/;
const fileHost = /^([a-z0-9-]+\.)*fal\.(media|ai)$/;

const parsed = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);
const isPlainHttps = (url: URL): boolean =>
  url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
const isOfOrigin = (url: URL, origin: string | undefined): boolean =>
  origin !== undefined && url.origin === new URL(origin).origin;

/** Whether the API key may be sent to this URL: a host of fal's API, or the stand-in at `origin`. */
export function mayHaveKey(text: string, origin?: string): boolean {
  const url = parsed(text);
  return url !== null && (isOfOrigin(url, origin) || (isPlainHttps(url) && apiHost.test(url.hostname)));
}

/** Whether a model may be downloaded from this URL: fal's file hosts, or the stand-in at `origin`. */
export function isFalDownloadHost(url: URL, origin?: string): boolean {
  return isOfOrigin(url, origin) || (isPlainHttps(url) && fileHost.test(url.hostname));
}

/**
 * Where a URL is really asked: with an `origin`, `https://HOST/path?query` of a fal host is `origin/HOST/path?query`,
 * and URLs of the origin stay. Without one every URL stays.
 * @throws RangeError for any other host while there is an origin: a stand-in must never lead outside
 */
export function routeFalUrl(text: string, origin?: string): string {
  if (origin === undefined) return text;
  const url = new URL(text);
  if (isOfOrigin(url, origin)) return text;
  if (!isPlainHttps(url) || !(apiHost.test(url.hostname) || fileHost.test(url.hostname)))
    throw new RangeError('not a host of the provider');
  return `${new URL(origin).origin}/${url.hostname}${url.pathname}${url.search}`;
}
