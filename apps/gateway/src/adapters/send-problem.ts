import { STATUS_CODES } from 'node:http';
import type { Problem } from '@image2model/contracts';
import type { Request, Response } from 'express';
import { isDependencyDown } from '../domain/dependency-down.js';
import { HttpProblem, unavailable } from '../domain/http-problem.js';
import { requestIdOf } from './request-id.js';

/** Whatever was thrown, as an answer; what nobody foresaw says nothing about the inside. */
export function asProblem(thrown: unknown): HttpProblem {
  if (thrown instanceof HttpProblem) return thrown;
  if (isDependencyDown(thrown)) return unavailable('The service cannot do this now; try again.', 5, thrown);
  // express's own errors: a malformed percent-encoding in the path
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : undefined;
  if (status === 400)
    return new HttpProblem(400, 'invalid_request', 'The request cannot be read.', { cause: thrown });
  return new HttpProblem(500, 'internal', 'Something went wrong here; the request id finds it in our logs.', {
    cause: thrown,
  });
}

/** The text of a problem (RFC 9457). */
export function problemBody(problem: HttpProblem, requestId: string, instance: string): Problem {
  const { status, code, message, errors } = problem;
  return {
    type: `urn:image2model:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    instance,
    code,
    ...(errors === undefined ? {} : { errors: [...errors] }),
    request_id: requestId,
  };
}

export function sendProblem(request: Request, response: Response, problem: HttpProblem): void {
  const body = problemBody(problem, requestIdOf(response), request.path);
  response
    .status(problem.status)
    .set(problem.headers)
    .type('application/problem+json')
    .end(JSON.stringify(body));
}
