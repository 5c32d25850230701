import type { Fact } from '@image2model/progress';
import { modelUrl } from './file-view.js';

/** `data` of a fact; a model also says where it is. */
export function factView(batchId: string, { data }: Fact): Record<string, unknown> {
  const { idx, model } = data;
  if (typeof model !== 'object' || model === null || typeof idx !== 'number') return data;
  return { ...data, model: { url: modelUrl(batchId, idx), ...model } };
}
