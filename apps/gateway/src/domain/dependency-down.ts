import { Failure } from '@image2model/contracts';
import { isRedisDown } from '@image2model/progress';
import { isStorageDown } from '@image2model/storage';

/** Whether an error says that Redis, the broker or storage cannot serve now, so that the caller should come back. */
export const isDependencyDown = (error: unknown): boolean =>
  error instanceof Failure ? error.kind === 'dependency' : isStorageDown(error) || isRedisDown(error);
