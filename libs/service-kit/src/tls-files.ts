import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Where the certificates of this process are; without a CA those of the system count. */
export interface TlsFiles {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** For node:tls. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: true;
}

/** The files as they are now: asked at each connection, so that renewed certificates need no restart. @throws when one cannot be read */
export function readTls({ ca, cert, key }: TlsFiles): TlsOptions {
  const read = (file: string): string => readFileSync(file, 'utf8');
  return {
    ...(ca === undefined ? {} : { ca: read(ca) }),
    ...(cert === undefined ? {} : { cert: read(cert) }),
    ...(key === undefined ? {} : { key: read(key) }),
    rejectUnauthorized: true,
  };
}

interface TlsVariables {
  readonly TLS_CA_FILE?: string | undefined;
  readonly TLS_CERT_FILE?: string | undefined;
  readonly TLS_KEY_FILE?: string | undefined;
}

export const tlsFilesOf = (config: TlsVariables): TlsFiles => ({
  ca: config.TLS_CA_FILE,
  cert: config.TLS_CERT_FILE,
  key: config.TLS_KEY_FILE,
});

/** What is wrong with the files, one line a variable; nothing of what they hold is in it. */
export function tlsProblems(config: TlsVariables): string[] {
  const { TLS_CA_FILE: ca, TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = config;
  const problems = [
    problemOf('TLS_CA_FILE', ca, 'a PEM file with certificates', (pem) => new X509Certificate(pem)),
    problemOf('TLS_CERT_FILE', cert, 'a PEM file with a certificate', (pem) => new X509Certificate(pem)),
    problemOf('TLS_KEY_FILE', key, 'a PEM file with a private key that has no passphrase', createPrivateKey),
  ].filter((problem) => problem !== undefined);
  if ((cert === undefined) !== (key === undefined)) {
    const [is, isNot] =
      key === undefined ? ['TLS_CERT_FILE', 'TLS_KEY_FILE'] : ['TLS_KEY_FILE', 'TLS_CERT_FILE'];
    problems.push(
      `${isNot}: ${is} is set, and a client certificate needs both; set ${isNot} too or unset ${is}`,
    );
  }
  if (problems.length > 0 || cert === undefined || key === undefined) return problems;
  const fits = new X509Certificate(readFileSync(cert)).checkPrivateKey(createPrivateKey(readFileSync(key)));
  return fits ? [] : [`TLS_KEY_FILE: ${key} is not the key of the certificate in ${cert}`];
}

function problemOf(
  variable: string,
  file: string | undefined,
  expected: string,
  parse: (pem: Buffer) => unknown,
): string | undefined {
  if (file === undefined) return undefined;
  let pem: Buffer;
  try {
    pem = readFileSync(file);
  } catch (error) {
    return `${variable}: cannot read ${file} (${codeOf(error)}); expected ${expected}`;
  }
  try {
    parse(pem);
    return undefined;
  } catch {
    return `${variable}: ${file} is not ${expected}`;
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

const untrusted = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

/** What to do about an error of a TLS connection; undefined when it is none, or nothing here helps. */
export function tlsAdvice(error: unknown): string | undefined {
  const code = codeOf(error);
  const text = String(error);
  if (untrusted.has(code))
    return 'its certificate is signed by an authority that is not trusted here: set TLS_CA_FILE to a PEM file with that authority';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'its certificate is for another name: connect by a name that the certificate holds';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return 'its certificate is not valid today: renew it, or set the clock right';
  if (/certificate required|bad certificate|unknown ca|handshake failure/i.test(text))
    return 'it wants a certificate of ours that it trusts: set TLS_CERT_FILE and TLS_KEY_FILE';
  if (code === 'EPROTO' || /wrong version number/i.test(text))
    return 'it does not speak TLS on this port: use the port for TLS, or a URL without TLS (redis://, amqp://)';
  return undefined;
}
