/** Scheme, login, hosts, the rest. A comma separates servers only among the hosts. */
const listed = /^([a-z][a-z0-9+.-]*:\/\/)((?:[^@/?#]*)@)?([^@/?#]*)([/?#].*)?$/is;

/**
 * The servers of a URL that names several: `scheme://login@a:1,b:2/path` is `scheme://login@a:1/path` and
 * `scheme://login@b:2/path`, and whole URLs may follow one another as well. Nothing of it is checked.
 */
export function splitServers(text: string): string[] {
  return text
    .split(/,(?=\s*[a-z][a-z0-9+.-]*:\/\/)/i)
    .map((part) => part.trim())
    .flatMap((part) => {
      const [, scheme = '', login = '', hosts = '', rest = ''] = listed.exec(part) ?? [];
      return scheme === ''
        ? [part]
        : hosts.split(',').map((host) => `${scheme}${login}${host.trim()}${rest}`);
    });
}

const schemes = 'amqp:// or amqps://';

/**
 * RabbitMQ's nodes in the order in which they are written, as one URL each.
 * @throws TypeError that repeats nothing of the text, which may hold a password
 */
export function parseBrokerList(text: string): string[] {
  const urls = splitServers(text).map((part) => (URL.canParse(part) ? new URL(part) : undefined));
  const where = (at: number): string => (urls.length === 1 ? '' : `entry ${at + 1} of ${urls.length}: `);
  urls.forEach((url, at) => {
    if (url === undefined || (url.protocol !== 'amqp:' && url.protocol !== 'amqps:'))
      throw new TypeError(`${where(at)}expected a URL that begins with ${schemes}`);
    if (url.hostname === '') throw new TypeError(`${where(at)}expected a host after the login`);
  });
  const found = urls.filter((url) => url !== undefined);
  const [first] = found;
  const odd = found.findIndex((url) => url.pathname !== first?.pathname || url.protocol !== first.protocol);
  if (odd > 0)
    throw new TypeError(
      `${where(odd)}expected the scheme and the virtual host of entry 1: all entries are nodes of one cluster`,
    );
  return found.map(({ href }) => href);
}
