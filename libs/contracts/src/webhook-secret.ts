import { hkdfSync } from 'node:crypto';
import { z } from 'zod';

const leastBytes = 32;

/** I2M_WEBHOOK_SECRET: what the secrets of all tenants are derived from. The message never repeats it. */
export const webhookMasterSchema = z.string().refine((text) => Buffer.byteLength(text) >= leastBytes, {
  message: `expected at least ${leastBytes} bytes of random text, for example from: openssl rand -base64 48`,
});

/**
 * The secret that signs the webhooks of one tenant, as Standard Webhooks writes it: `whsec_` and 32 bytes in base64.
 * Derived (HKDF-SHA256), so no tenant can find out that of another, and nothing has to be kept.
 */
export function webhookSecret(master: string, tenant: string): string {
  const key = hkdfSync('sha256', master, 'image2model', `customer webhooks of ${tenant}`, 32);
  return `whsec_${Buffer.from(key).toString('base64')}`;
}
