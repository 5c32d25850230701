import { createHash, timingSafeEqual } from 'node:crypto';

/** A key as the installation knows it: the secret only as its hash. */
export interface ApiKey {
  /** the 8 hex digits; not secret */
  id: string;
  tenant: string;
  hash: Buffer;
  /** it may look at and steer the whole installation (scope `ops`), not only its tenant's batches */
  ops: boolean;
}

/** Who sends a request. */
export interface Caller {
  tenant: string;
  keyId: string;
  /** has the scope `ops` */
  ops: boolean;
}

const keyPattern = /^i2m_([0-9a-f]{8})_([A-Za-z0-9_-]{43})$/;
const tenantPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();
const dummy = hashOf('no key has this text');

/**
 * I2M_API_KEYS: `[tenant:]i2m_<8 hex>_<43 base64url>`, separated by commas. A key without a tenant is its own.
 * Problems name the position, never the text. @param ops whether they have the scope `ops`
 */
export function parseApiKeys(
  text: string,
  { ops }: { ops: boolean },
): { keys: ApiKey[]; problems: string[] } {
  const keys: ApiKey[] = [];
  const problems: string[] = [];
  text.split(',').forEach((entry, at) => {
    const [tenant, key] = entry.includes(':') ? splitOnce(entry.trim()) : [undefined, entry.trim()];
    const id = keyPattern.exec(key)?.[1];
    if (id === undefined)
      problems.push(`entry ${at + 1} is not [tenant:]i2m_<8 hex digits>_<43 base64url characters>`);
    else if (tenant !== undefined && !tenantPattern.test(tenant))
      problems.push(
        `entry ${at + 1} has a tenant that is not 1–64 letters, digits, dots, dashes or underscores`,
      );
    else if (keys.some((known) => known.id === id))
      problems.push(`entry ${at + 1} has the same 8 digits as another`);
    else keys.push({ id, tenant: tenant ?? id, hash: hashOf(key), ops });
  });
  return { keys, problems };
}

const splitOnce = (entry: string): [string, string] => {
  const colon = entry.indexOf(':');
  return [entry.slice(0, colon), entry.slice(colon + 1)];
};

/** Finds the caller of an Authorization header. Takes as long for an unknown key as for a wrong one. */
export function callerOf(header: string | undefined, keys: readonly ApiKey[]): Caller | null {
  const sent = /^Bearer +(\S{1,200})$/i.exec(header ?? '')?.[1] ?? '';
  const id = keyPattern.exec(sent)?.[1];
  const key = keys.find((candidate) => candidate.id === id);
  const same = timingSafeEqual(hashOf(sent), key?.hash ?? dummy);
  return same && key !== undefined ? { tenant: key.tenant, keyId: key.id, ops: key.ops } : null;
}
