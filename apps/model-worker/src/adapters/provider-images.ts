import { providerImagePath, type FalApi } from '@image2model/fal';
import type { Logger } from '@image2model/service-kit';
import { storageKeys, type Storage } from '@image2model/storage';
import type { WorkerConfig } from '../config.js';
import type { LinkedImages, ProviderImages } from '../domain/provider-images.js';
import { stored } from './stored.js';

/** Images in the provider's own storage. */
export const uploadedImages = (api: Pick<FalApi, 'upload'>): ProviderImages => ({
  offer: ({ intent }, { bytes, type }, signal) => {
    const name = `${intent}.${type === 'image/png' ? 'png' : 'jpg'}`;
    return api.upload({ bytes, type, name }, signal);
  },
});

/** @returns undefined where images are uploaded */
export function linksOf(
  { FAL_KEY: falKey, FAL_IMAGES: how, I2M_PUBLIC_URL: publicUrl }: WorkerConfig,
  storage: Pick<Storage, 'write' | 'remove'>,
  logger: Logger,
): LinkedImages | undefined {
  if (falKey === undefined || how !== 'link' || publicUrl === undefined) return undefined;
  return {
    offer: async ({ batchId, idx, intent }, { bytes }) => {
      await stored(() => storage.write(storageKeys.providerImage(batchId, idx, intent), bytes));
      return publicUrl + providerImagePath(falKey, intent);
    },
    drop: async (batchId, idx) => {
      try {
        await storage.remove(storageKeys.providerImages(batchId, idx));
      } catch (error) {
        logger.warn('the image for the provider was not removed', { batchId, fileIdx: idx, error });
      }
    },
  };
}
