import { webhookMasterSchema, webhookSecret } from './webhook-secret.js';

const master = 'm'.repeat(32);

describe('webhookSecret', () => {
  it('is 32 bytes in base64 that follow from master and tenant', () => {
    const secret = webhookSecret(master, 'acme');
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhookSecret(master, 'acme')).toBe(secret);
    expect(webhookSecret(master, 'acme2')).not.toBe(secret);
    expect(webhookSecret(`${master}x`, 'acme')).not.toBe(secret);
  });
});

describe('webhookMasterSchema', () => {
  it('wants 32 bytes, and never says what it got', () => {
    expect(webhookMasterSchema.safeParse(master).success).toBe(true);
    const short = webhookMasterSchema.safeParse('s3cret'.repeat(5));
    expect(JSON.stringify(short.error?.issues)).toContain('at least 32 bytes');
    expect(JSON.stringify(short.error?.issues)).not.toContain('s3cret');
  });
});
