import { Failure } from '@image2model/contracts';

/** A disk that is full or away may be back later. Its own words can name a path, so the caller gets ours. */
export async function stored<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw storageFailure(error);
  }
}

export const storageFailure = (cause: unknown): Failure =>
  new Failure('dependency', 'storage did not answer', { code: 'dependency.storage', cause });
