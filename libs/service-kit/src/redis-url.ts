import { splitServers } from './server-list.js';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** What a REDIS_URL says. */
export interface RedisTarget {
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** Redis itself; absent when Sentinels tell where it is */
  readonly server: RedisAddress | undefined;
  readonly sentinel:
    | {
        /** asked in turn, this one first */
        readonly addresses: readonly RedisAddress[];
        /** the name under which they watch the master */
        readonly name: string;
        readonly username: string | undefined;
        readonly password: string | undefined;
      }
    | undefined;
}

const forms = ['redis:', 'rediss:', 'redis+sentinel:', 'rediss+sentinel:'];
const sentinelExample = 'redis+sentinel://user:password@a:26379,b:26379,c:26379/0?name=mymaster';
const known = new Set(['name', 'sentinel_username', 'sentinel_password']);

/**
 * `redis://`, `rediss://` (TLS), and behind Sentinels `redis+sentinel://`, `rediss+sentinel://` (TLS to both).
 * @throws TypeError that repeats nothing of the text, which may hold a password
 */
export function parseRedisUrl(text: string): RedisTarget {
  const urls = splitServers(text).map((part) => (URL.canParse(part) ? new URL(part) : undefined));
  const [url] = urls;
  if (url === undefined || urls.includes(undefined) || !forms.includes(url.protocol))
    throw new TypeError(
      `expected a URL that begins with redis:// or rediss://, or with redis+sentinel:// or rediss+sentinel:// as in ${sentinelExample}`,
    );
  const found = urls.filter((each) => each !== undefined);
  const behindSentinel = url.protocol.endsWith('+sentinel:');
  if (found.some((each) => each.protocol !== url.protocol))
    throw new TypeError('expected one scheme: the addresses of a list are Sentinels of one master');
  return {
    tls: url.protocol.startsWith('rediss'),
    username: decoded(url.username),
    password: decoded(url.password),
    database: databaseOf(url),
    ...(behindSentinel
      ? { server: undefined, sentinel: sentinelOf(url, found) }
      : { server: serverOf(found), sentinel: undefined }),
  };
}

function serverOf(urls: readonly URL[]): RedisAddress {
  const [url] = urls;
  if (url === undefined || urls.length > 1)
    throw new TypeError(
      `${urls.length} servers; redis:// takes one, for several ask their Sentinels: ${sentinelExample}`,
    );
  if (url.search !== '')
    throw new TypeError(`redis:// takes nothing after "?"; behind Sentinels write ${sentinelExample}`);
  return addressOf(url, 6379);
}

function sentinelOf(url: URL, urls: readonly URL[]): NonNullable<RedisTarget['sentinel']> {
  const name = url.searchParams.get('name');
  if (name === null || name === '')
    throw new TypeError(`"?name=" is missing, the master's name in the Sentinels, as in ${sentinelExample}`);
  const odd = [...url.searchParams.keys()].find((key) => !known.has(key));
  if (odd !== undefined)
    throw new TypeError(`"${odd}" is not known after "?"; there are ${[...known].join(', ')}`);
  return {
    name,
    addresses: urls.map((each) => addressOf(each, 26_379)),
    username: url.searchParams.get('sentinel_username') ?? undefined,
    password: url.searchParams.get('sentinel_password') ?? undefined,
  };
}

function addressOf(url: URL, defaultPort: number): RedisAddress {
  if (url.hostname === '') throw new TypeError('expected a host after the login');
  // URL keeps the brackets of an IPv6 address, a socket wants none
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || defaultPort) };
}

function databaseOf({ pathname }: URL): number {
  const text = pathname.replace(/^\//, '');
  if (!/^\d{0,4}$/.test(text))
    throw new TypeError('expected the number of a database after the host, as in /0');
  return Number(text);
}

function decoded(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded: it stands for itself
  }
}
