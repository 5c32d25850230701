import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { program } from './programs.js';

/** PEM files of an authority, and a certificate of it for 127.0.0.1 and localhost that servers and clients may use. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const run = promisify(execFile);
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes them by openssl, valid for a day. @param dir where the files go @param name in front of their names */
export async function makeCertificates(dir: string, name = 'test'): Promise<Certificates> {
  const openssl = program('openssl');
  const file = (end: string): string => join(dir, `${name}-${end}`);
  const [ca, caKey, cert, key] = [file('ca.pem'), file('ca.key'), file('cert.pem'), file('cert.key')];
  const extensions = file('extensions');
  await writeFile(
    extensions,
    'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n',
  );
  await run(openssl, [
    'req',
    '-x509',
    ...curve,
    '-keyout',
    caKey,
    '-out',
    ca,
    '-days',
    '1',
    '-subj',
    `/CN=${name} CA`,
  ]);
  await run(openssl, ['req', ...curve, '-keyout', key, '-out', file('request'), '-subj', '/CN=localhost']);
  await run(openssl, [
    ...['x509', '-req', '-in', file('request'), '-CA', ca, '-CAkey', caKey, '-CAcreateserial'],
    ...['-out', cert, '-days', '1', '-extfile', extensions],
  ]);
  return { ca, cert, key };
}
