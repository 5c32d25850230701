import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTls, tlsAdvice, tlsProblems } from './tls-files.js';

const dir = mkdtempSync(join(tmpdir(), 'i2m-tls-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
afterAll(() => rmSync(dir, { recursive: true }));

it('has nothing against no files', () => expect(tlsProblems({})).toEqual([]));

it('names the variable, the file and what was expected, and nothing of the file', () => {
  const odd = file('odd.pem', 'TOP-SECRET');
  const problems = tlsProblems({ TLS_CA_FILE: '/nowhere/ca.pem', TLS_KEY_FILE: odd });
  expect(problems).toEqual([
    'TLS_CA_FILE: cannot read /nowhere/ca.pem (ENOENT); expected a PEM file with certificates',
    `TLS_KEY_FILE: ${odd} is not a PEM file with a private key that has no passphrase`,
    'TLS_CERT_FILE: TLS_KEY_FILE is set, and a client certificate needs both; set TLS_CERT_FILE too or unset TLS_KEY_FILE',
  ]);
});

it('reads what the files hold now: a renewed certificate needs no restart', () => {
  const files = { ca: file('ca.pem', 'old'), cert: undefined, key: undefined };
  expect(readTls(files)).toEqual({ ca: 'old', rejectUnauthorized: true });
  file('ca.pem', 'new');
  expect(readTls(files).ca).toBe('new');
});

it('says what to set', () => {
  const error = Object.assign(new Error('self-signed certificate in certificate chain'), {
    code: 'SELF_SIGNED_CERT_IN_CHAIN',
  });
  expect(tlsAdvice(error)).toContain('set TLS_CA_FILE');
  expect(tlsAdvice(new Error('connect ECONNREFUSED'))).toBeUndefined();
});
