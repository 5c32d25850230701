import type { Request, Response } from 'express';
import { HttpProblem } from '../domain/http-problem.js';
import type { RequestBody } from '../domain/route.js';
import { readForm } from './read-form.js';
import { readJson } from './read-json.js';
import { readRaw } from './read-raw.js';

/** A request's body, by its Content-Type; nothing is read before a handler asks. */
export function createBody(request: Request, response: Response): RequestBody {
  const type = (request.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const length = Number(request.get('content-length'));
  return {
    kind: type === 'application/json' ? 'json' : type === 'multipart/form-data' ? 'multipart' : 'other',
    bytes: Number.isSafeInteger(length) && request.get('content-length') !== undefined ? length : null,
    json: async () => readJson(plain(request), response),
    raw: async (mostBytes) => readRaw(plain(request), mostBytes),
    form: async (take) => readForm(plain(request), response, take),
  };
}

/** Compressed bodies are bombs waiting to be sent. */
function plain(request: Request): Request {
  const encoding = request.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return request;
  throw new HttpProblem(
    415,
    'unsupported_media_type',
    `The body may not be encoded; got Content-Encoding: ${encoding.slice(0, 50)}.`,
  );
}
