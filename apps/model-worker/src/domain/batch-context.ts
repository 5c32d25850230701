import type { Lane } from '@image2model/contracts';

/** What stays the same for all files of a batch. */
export interface BatchContext {
  id: string;
  tenant: string;
  lane: Lane;
  provider: string;
  settings: Record<string, unknown>;
}
