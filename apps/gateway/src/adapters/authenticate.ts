import type { Request } from 'express';
import { callerOf, type ApiKey, type Caller } from '../domain/api-keys.js';
import { createFailureThrottle } from '../domain/failure-throttle.js';
import { HttpProblem, tooManyRequests } from '../domain/http-problem.js';

export type Authenticate = (request: Request) => Caller;

/** Every path below this is the operators': a new route cannot forget it. */
const opsPaths = '/v1/ops/';

/** @throws HttpProblem 403 for a key that may not operate the installation */
export function requireScope({ ops }: Caller, path: string): void {
  if (ops || !path.startsWith(opsPaths)) return;
  throw new HttpProblem(
    403,
    'scope_missing',
    'This API key is one of a client: it has no scope ops. Use a key of I2M_API_KEYS.',
  );
}

const failuresPerMinute = 100;

/** Finds the caller by the API key; without any key configured everybody is tenant `dev` (config.ts allows that on loopback only). */
export function createAuthenticate(keys: readonly ApiKey[]): Authenticate {
  if (keys.length === 0) return () => ({ tenant: 'dev', keyId: 'dev', ops: true });
  const throttle = createFailureThrottle(failuresPerMinute, 60_000);
  return (request) => {
    const caller = callerOf(request.get('Authorization'), keys);
    if (caller !== null) return caller;
    const waitS = throttle.fail(request.socket.remoteAddress ?? '', Date.now());
    if (waitS !== null)
      throw tooManyRequests('too_many_failures', 'Too many requests without a valid API key.', waitS);
    throw new HttpProblem(401, 'unauthorized', 'A valid API key is needed: Authorization: Bearer i2m_…', {
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
  };
}
