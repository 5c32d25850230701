/** Scheme, login, hosts, the rest; as libs/service-kit reads AMQP_URL and REDIS_URL. */
const listed = /^([a-z][a-z0-9+.-]*:\/\/)((?:[^@/?#]*)@)?([^@/?#]*)([/?#].*)?$/is;

/**
 * The servers of a URL that names several, one URL each: RabbitMQ's nodes, or the Sentinels of Redis.
 * @param {string} text
 */
export const splitServers = (text) =>
  text
    .split(/,(?=\s*[a-z][a-z0-9+.-]*:\/\/)/i)
    .map((part) => part.trim())
    .flatMap((part) => {
      const [, scheme = '', login = '', hosts = '', rest = ''] = listed.exec(part) ?? [];
      return scheme === ''
        ? [part]
        : hosts.split(',').map((host) => `${scheme}${login}${host.trim()}${rest}`);
    });

/**
 * Whether each part is a URL, and where they lead, without logins.
 * @param {string} text
 */
export function placesOf(text) {
  const parts = splitServers(text);
  if (!parts.every((part) => URL.canParse(part))) return null;
  return parts.map((part) => new URL(part).host).join(', ');
}

/**
 * Resolves when one of the servers passes the probe; rejects with what the last one said.
 * @param {string} text
 * @param {(url: string) => Promise<void>} probe
 */
export async function probeAny(text, probe) {
  /** @type {unknown} */
  let last;
  for (const url of splitServers(text)) {
    try {
      return await probe(url);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
