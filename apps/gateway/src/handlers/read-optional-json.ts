import { HttpProblem } from '../domain/http-problem.js';
import type { ApiRequest } from '../domain/route.js';

/** The JSON body of a request that need not have one: `{}` then. @throws HttpProblem 415 for another type */
export async function readOptionalJson({ body, header }: ApiRequest): Promise<unknown> {
  if ((body.bytes ?? 0) === 0 && header('transfer-encoding') === undefined) return {};
  return readJsonBody({ body });
}

/** @throws HttpProblem 415 for another type */
export async function readJsonBody({ body }: Pick<ApiRequest, 'body'>): Promise<unknown> {
  if (body.kind !== 'json') throw new HttpProblem(415, 'unsupported_media_type', 'Send application/json.');
  return body.json();
}
