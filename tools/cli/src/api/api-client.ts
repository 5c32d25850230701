import type { z } from 'zod';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { problemOf } from './api-problem.js';
import type { Connection } from './connection.js';
import { impatient, patiently, type Patience } from './patience.js';
import { Unreachable } from './unreachable.js';

type Body = NonNullable<RequestInit['body']>;

export interface Asked {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  json?: unknown;
  body?: Body;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /** For the answer to begin; 0 = no limit. */
  timeoutMs?: number;
  /** Reading is tried again by itself; writing only where a repeat is safe. */
  patience?: Patience;
}

/** The gateway's API. Answers are read by the shared schemas; fields that this version does not know are ignored. */
export interface ApiClient {
  readonly connection: Connection;
  /** @throws ApiProblem for an answer that is an error, Unreachable without one */
  send(path: string, asked?: Asked): Promise<Response>;
  /** The same for a JSON answer. @throws CliError when it is not what the schema says */
  ask<T>(path: string, schema: z.ZodType<T>, asked?: Asked): Promise<T>;
}

const usualTimeoutMs = 30_000;
const usualPatience: Patience = { forMs: 5_000 };

/** A client for one gateway. */
export function createApiClient(connection: Connection, clientVersion: string): ApiClient {
  const once = async (path: string, asked: Asked): Promise<Response> => {
    const { method = 'GET', json, body, headers = {}, signal, timeoutMs = usualTimeoutMs } = asked;
    const url = connection.url + path;
    const late = new AbortController();
    const timer =
      timeoutMs === 0
        ? undefined
        : setTimeout(() => late.abort(new DOMException('late', 'TimeoutError')), timeoutMs);
    try {
      const response = await fetch(url, {
        method,
        headers: {
          'user-agent': `i2m/${clientVersion}`,
          ...(connection.key === undefined ? {} : { authorization: `Bearer ${keyOf(connection.key)}` }),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
        signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
      });
      if (!response.ok) throw await problemOf(response);
      return response;
    } catch (error) {
      if (error instanceof CliError) throw error;
      signal?.throwIfAborted();
      throw new Unreachable(url, error);
    } finally {
      clearTimeout(timer);
    }
  };
  const send = (path: string, asked: Asked = {}): Promise<Response> => {
    const { method = 'GET', patience = method === 'GET' ? usualPatience : impatient } = asked;
    return patiently({ signal: asked.signal, ...patience }, () => once(path, asked));
  };
  return {
    connection,
    send,
    ask: async (path, schema, asked) => readAnswer(path, schema, await send(path, asked)),
  };
}

/** A tenant before the key is part of the gateway's configuration, not of the key. */
const keyOf = (key: string): string => key.slice(key.indexOf(':') + 1);

async function readAnswer<T>(path: string, schema: z.ZodType<T>, response: Response): Promise<T> {
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CliError(
    exitCodes.refused,
    `The answer to ${path.split('?')[0]} is not what this version expects (${issue?.path.join('.') || 'body'}: ${issue?.message ?? ''}).`,
    {
      code: 'unexpected_answer',
      hint: 'Is the address that of an image2model gateway, and of this version? `i2m doctor` compares.',
    },
  );
}
