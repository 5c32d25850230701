import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../processes/write-atomic.mjs';

/** A key as the gateway expects it: 8 hex to recognise it by, 32 random bytes to keep. */
export const newApiKey = () =>
  `i2m_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;

/** The keys of a list whose items may begin with `tenant:`. @param {string} list */
export const keysOf = (list) =>
  list
    .split(',')
    .map((item) => item.trim().replace(/^[^:]*:/, ''))
    .filter(Boolean);

/**
 * What I2M_API_KEYS says; when it says nothing, a key that is drawn once and kept for the next start.
 * @param {string} dir
 * @returns {{ list: string, keys: string[] }} list: as the gateway reads it
 */
export function apiKeys(dir) {
  const given = process.env['I2M_API_KEYS'] ?? '';
  if (keysOf(given).length > 0) return { list: given, keys: keysOf(given) };
  const file = join(dir, 'api-key');
  const kept = readKey(file);
  if (kept !== null) return { list: kept, keys: [kept] };
  const key = newApiKey();
  writeAtomic(file, `${key}\n`, 0o600);
  return { list: key, keys: [key] };
}

/** @param {string} file */
function readKey(file) {
  try {
    const key = readFileSync(file, 'utf8').trim();
    return /^i2m_[0-9a-f]{8}_[\w-]{43}$/.test(key) ? key : null;
  } catch {
    return null;
  }
}
