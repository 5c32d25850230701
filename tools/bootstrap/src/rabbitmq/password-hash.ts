import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How RabbitMQ 3.6 and later keep passwords: base64 of 4 bytes of salt and SHA-256 of the salt and the password. */
export const hashingAlgorithm = 'rabbit_password_hashing_sha256';

const saltBytes = 4;

const hash = (salt: Buffer, password: string): Buffer =>
  Buffer.concat([salt, createHash('sha256').update(salt).update(password, 'utf8').digest()]);

/** A hash to give RabbitMQ, so that the password itself need not travel. */
export const hashPassword = (password: string, salt: Buffer = randomBytes(saltBytes)): string =>
  hash(salt, password).toString('base64');

/** Whether a hash of RabbitMQ's is this password's; false for other algorithms. */
export function isPasswordOf(
  kept: { password_hash: string; hashing_algorithm: string },
  password: string,
): boolean {
  if (kept.hashing_algorithm !== hashingAlgorithm) return false;
  const bytes = Buffer.from(kept.password_hash, 'base64');
  const wanted = hash(bytes.subarray(0, saltBytes), password);
  return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
}
