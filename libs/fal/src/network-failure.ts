import { Failure } from '@image2model/contracts';

/** Where an error says by code what happened to a connection; fetch wraps it in others. */
export function networkCode(error: unknown): string {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    current = 'cause' in current ? current.cause : undefined;
  }
  return '';
}

/** A call without an answer: it may be made again. */
export function networkFailure(call: string, error: unknown): Failure {
  const code = networkCode(error);
  const why = code === '' ? '' : ` (${code})`;
  return new Failure('transient', `The provider did not answer${why}: ${call}.`, {
    code: `transient.${call}`,
    cause: error,
  });
}

export const tooSlow = (call: string, limitMs: number): Failure =>
  new Failure('transient', `The provider did not answer within ${limitMs / 1_000} s: ${call}.`, {
    code: `transient.${call}`,
  });
