import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../processes/write-atomic.mjs';

/**
 * What the secrets of webhooks are derived from: I2M_WEBHOOK_SECRET, or one that is drawn once and kept beside the data.
 * @param {string} dir
 */
export function webhookSecret(dir) {
  const given = process.env['I2M_WEBHOOK_SECRET'] ?? '';
  if (given !== '') return given;
  const file = join(dir, 'webhook-secret');
  const kept = readSecret(file);
  if (kept !== null) return kept;
  const secret = randomBytes(48).toString('base64url');
  writeAtomic(file, `${secret}\n`, 0o600);
  return secret;
}

/** @param {string} file */
function readSecret(file) {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    return /^[\w-]{64}$/.test(secret) ? secret : null;
  } catch {
    return null;
  }
}
