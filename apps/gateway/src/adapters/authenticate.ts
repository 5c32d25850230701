import type { Request } from 'express';
import { callerOf, type ApiKey, type Caller } from '../domain/api-keys.js';
import { createFailureThrottle } from '../domain/failure-throttle.js';
import { HttpProblem, tooManyRequests } from '../domain/http-problem.js';

export type Authenticate = (request: Request) => Caller;

const failuresPerMinute = 100;

/** Finds the caller by the API key; without any key configured everybody is tenant `dev` (config.ts allows that on loopback only). */
export function createAuthenticate(keys: readonly ApiKey[]): Authenticate {
  if (keys.length === 0) return () => ({ tenant: 'dev', keyId: 'dev' });
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
