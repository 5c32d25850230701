import { hashingAlgorithm, hashPassword, isPasswordOf } from './password-hash.js';

const kept = (
  password_hash: string,
  hashing_algorithm = hashingAlgorithm,
): Parameters<typeof isPasswordOf>[0] => ({
  password_hash,
  hashing_algorithm,
});

test("is what RabbitMQ's documentation computes for test12", () => {
  expect(hashPassword('test12', Buffer.from('908dc60a', 'hex'))).toBe(
    'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
  );
});

test('knows its own password and no other, whatever the salt', () => {
  const hash = hashPassword('a password');
  expect(hash).not.toBe(hashPassword('a password'));
  expect(isPasswordOf(kept(hash), 'a password')).toBe(true);
  expect(isPasswordOf(kept(hash), 'a passworD')).toBe(false);
  expect(isPasswordOf(kept(hash, 'rabbit_password_hashing_md5'), 'a password')).toBe(false);
  expect(isPasswordOf(kept(''), 'a password')).toBe(false);
});
