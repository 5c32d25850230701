import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../dev/processes/run.mjs';

/** Settings of this machine's npm that say how packages are reached; never who asks for them. */
const settings = ['registry', 'proxy', 'https-proxy', 'noproxy', 'strict-ssl'];
/** Where the Dockerfile mounts the certificate. */
const certificate = '/run/secrets/npm_ca';

/** npm prints these for what is not set. @param {string} value */
const isSet = (value) => !['', 'null', 'undefined'].includes(value);

/**
 * Secrets of the build: they are mounted while npm ci runs and stay out of every layer.
 * @param {string} dir where a settings file may be written @param {string | null} given the caller's own settings file
 * @param {AbortSignal} [signal]
 * @returns {Promise<string[]>} flags of buildah
 */
export async function npmSecrets(dir, given, signal) {
  if (given !== null) return ['--secret', `id=npmrc,src=${given}`];
  const ask = async (/** @type {string} */ key) =>
    (await run('npm', ['config', 'get', key, '--silent'], { signal, cwd: dir })).output.trim();
  const lines = [];
  for (const key of settings) {
    const value = await ask(key);
    if (isSet(value)) lines.push(`${key}=${value}`);
  }
  const ca = await ask('cafile');
  const hasCertificate = isSet(ca) && existsSync(ca);
  if (hasCertificate) lines.push(`cafile=${certificate}`);
  const file = join(dir, 'npmrc');
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return [
    ...['--secret', `id=npmrc,src=${file}`],
    ...(hasCertificate ? ['--secret', `id=npm_ca,src=${ca}`] : []),
  ];
}
