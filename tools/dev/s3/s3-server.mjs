import { addMissing } from './add-missing.mjs';
import { checkSignatures } from './check-signatures.mjs';
import { openStore } from './open-store.mjs';

/** @typedef {ReturnType<typeof import('fauxqs').buildApp>} App */

/**
 * fauxqs as an S3 server on loopback, with what our storage counts on and fauxqs leaves out: signatures and expiry are checked, a conditional
 * create is refused, uploads and their parts are listed, a link says how its answer is named, and objects may outlive the process.
 * @param {{ port: number, buckets: string[], dir: string | undefined, credentials: { accessKey: string, secretKey: string } }} options
 * @returns {Promise<{ url: string, stop(): Promise<void> }>}
 */
export async function startS3Server({ port, buckets, dir, credentials }) {
  const { buildApp } = await import('fauxqs');
  const store = await openStore(dir);
  buckets.forEach((name) => store.createBucket(name));
  // its types want the other stores as well; it makes them itself
  const stores = /** @type {any} */ ({ s3Store: store });
  const app = buildApp({ logger: false, stores });
  checkSignatures(app, credentials);
  addMissing(app, store);
  const url = await app.listen({ port, host: '127.0.0.1' });
  return { url, stop: () => app.close() };
}
