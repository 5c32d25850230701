import type { StoredFile } from '@image2model/contracts';
import { HttpProblem } from './http-problem.js';

/** One good image is enough; a batch without any is refused with the reason of each. @throws HttpProblem 422 */
export function refuseHopeless(files: readonly StoredFile[]): void {
  const errors = files.flatMap(({ idx, name, error }) =>
    error === null ? [] : [{ path: `images[${idx}]`, message: `${name}: ${error.message} (${error.code})` }],
  );
  if (errors.length < files.length) return;
  throw new HttpProblem(422, 'input.all_refused', `None of the ${files.length} images can be used.`, {
    errors,
  });
}
