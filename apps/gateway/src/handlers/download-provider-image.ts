import { buffer } from 'node:stream/consumers';
import { fileOfIntent } from '@image2model/contracts';
import { openProviderImageToken } from '@image2model/fal';
import type { Progress } from '@image2model/progress';
import { storageKeys, type Storage } from '@image2model/storage';
import { HttpProblem, notFound } from '../domain/http-problem.js';
import { defineRoute, type Route } from '../domain/route.js';
import { sendStored } from './send-stored.js';

interface Parts {
  /** the key whose intents have images here */
  falKey: string;
  ledger: Pick<Progress['ledger'], 'noteFetched'>;
  storage: Pick<Storage, 'read' | 'stat'>;
}

/**
 * The image of a paid submit, for the provider. That it is asked for is noted first: it proves that the submit was
 * accepted. An intent that was given up has no image any more, so a late request of it makes nothing to be paid for.
 */
export const downloadProviderImage = ({ falKey, ledger, storage }: Parts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/provider-images/{token}',
    open: true,
    async handle({ method, params, header, note }) {
      const intent = openProviderImageToken(falKey, params['token'] ?? '');
      const file = intent === null ? null : fileOfIntent(intent);
      if (intent === null || file === null) throw notFound();
      const { batchId, idx } = file;
      note({ batchId, intent });
      if (!(await ledger.noteFetched(batchId, idx, intent)))
        throw new HttpProblem(410, 'gone', 'Nobody waits for what this image was for.');
      const key = storageKeys.providerImage(batchId, idx, intent);
      const found = await storage.stat(key);
      if (found === null) throw notFound();
      const headers = { 'Content-Type': await typeOf(storage, key), 'Accept-Ranges': 'bytes' };
      // an intent's image never changes, so a range of it needs no condition
      const range = method === 'GET' ? header('Range') : undefined;
      return sendStored(storage, { key, ...found }, headers, range);
    },
  });

/** A provider's image is a JPEG, or a PNG where something of it is transparent. */
async function typeOf(storage: Parts['storage'], key: string): Promise<string> {
  const [first] = await buffer(await storage.read(key, { start: 0, end: 0 }));
  return first === 0x89 ? 'image/png' : 'image/jpeg';
}
