import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { startPrivateS3 } from '../servers/private-s3.mjs';

/** @typedef {'file' | 's3'} StorageKind */

/** @param {string | undefined} text @returns {StorageKind} */
export function parseStorage(text) {
  const given = process.env['STORAGE_URL'] ?? '';
  if (text === undefined) return given.startsWith('s3:') ? 's3' : 'file';
  if (text !== 'file' && text !== 's3')
    throw new CommandError(`--storage ${text}: give file or s3`, exitCodes.usage);
  if (given !== '' && given.startsWith('s3:') !== (text === 's3'))
    throw new CommandError(
      `--storage ${text}: STORAGE_URL names another kind of storage; unset it, or leave the flag out`,
      exitCodes.usage,
    );
  return text;
}

/**
 * Where the services keep images and models: STORAGE_URL, a folder of `dir`, or an S3 server of our own with its data in `dir`.
 * @param {{ kind: StorageKind, dir: string, log: (text: string) => void, signal: AbortSignal }} options
 * @returns {Promise<{ url: string, env: Record<string, string>, stop(options?: { fast?: boolean }): Promise<void> }>}
 */
export async function openStorage({ kind, dir, log, signal }) {
  const given = process.env['STORAGE_URL'] ?? '';
  if (kind === 's3' && given === '') {
    const s3 = await startPrivateS3({ dir, log, signal });
    log(`✓ object storage (${s3.how})`);
    return s3;
  }
  const url = given || pathToFileURL(join(dir, 'storage')).href;
  if (url.startsWith('file:')) mkdirSync(new URL(url), { recursive: true });
  return { url, env: {}, stop: () => Promise.resolve() };
}
