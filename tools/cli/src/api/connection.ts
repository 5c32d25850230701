/** Which gateway is asked, as whom, and who said so. */
export interface Connection {
  /** Origin of the gateway, without a slash at the end. */
  url: string;
  /** Absent for a gateway on this machine that needs none. */
  key: string | undefined;
  urlFrom: string;
  keyFrom: string | null;
}

/** One place that may know the gateway. */
export interface ConnectionSource {
  name: string;
  url?: string | undefined;
  key?: string | undefined;
  /** The caller gave its key on purpose, for whichever gateway is asked. */
  explicit: boolean;
}

/**
 * The first source that knows wins, for address and key each; but a key that was kept for one gateway is never sent to another.
 * @returns null when no source knows a gateway
 */
export function chooseConnection(sources: readonly ConnectionSource[]): Connection | null {
  const chosen = sources.find(({ url }) => url !== undefined);
  if (chosen?.url === undefined) return null;
  const url = plainUrl(chosen.url);
  const holder = sources.find(
    ({ key, explicit, url: own }) =>
      key !== undefined && (explicit || (own !== undefined && plainUrl(own) === url)),
  );
  return { url, key: holder?.key, urlFrom: chosen.name, keyFrom: holder?.name ?? null };
}

const plainUrl = (url: string): string => url.replace(/\/+$/, '');

/** What of a key may be shown: the part that names it. */
export const shownKey = (key: string | undefined): string =>
  key === undefined ? 'none' : (/^(?:[^:]+:)?(i2m_[0-9a-f]{8})_/.exec(key)?.[1] ?? 'set').concat('_…');
