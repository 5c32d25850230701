import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';

const header = 'X-Request-Id';
const sane = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Every answer names its request: by the caller's id when it is sane, else by a new one. */
export const giveRequestId: RequestHandler = (request, response, next) => {
  const sent = request.get(header) ?? '';
  response.set(header, sane.test(sent) ? sent : randomUUID());
  next();
};

export const requestIdOf = (response: ServerResponse): string => String(response.getHeader(header) ?? '');
