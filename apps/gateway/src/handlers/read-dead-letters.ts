import { listDeadLettersQuerySchema } from '@image2model/contracts';
import type { DeadLetterContent, Progress } from '@image2model/progress';
import { fromCursor, toCursor } from '../domain/cursor.js';
import { deadLetterContentView, deadLetterView } from '../domain/dead-letter-view.js';
import { notFound } from '../domain/http-problem.js';
import { defineRoute, type ApiRequest, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';

interface Parts {
  deadLetters: Pick<Progress['deadLetters'], 'list' | 'get'>;
}

/** Messages that could not be handled, newest first; those that nobody dealt with yet, unless another state is asked for. */
export const listDeadLetters = ({ deadLetters }: Parts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/dead-letters',
    async handle({ query }) {
      const { state = 'open', queue, limit, cursor } = parseRequest(listDeadLettersQuerySchema, query);
      const { letters, next } = await deadLetters.list(state, {
        limit,
        ...(queue === undefined ? {} : { queue }),
        ...(cursor === undefined ? {} : { below: fromCursor('d', cursor, /^\d{1,16}$/) }),
      });
      const data = letters.map(deadLetterView);
      return { status: 200, json: { data, next_cursor: next === null ? null : toCursor('d', next) } };
    },
  });

/** One of them, with its headers and its body. */
export const getDeadLetter = ({ deadLetters }: Parts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/dead-letters/{id}',
    async handle(request) {
      return { status: 200, json: deadLetterContentView(await loadDeadLetter(deadLetters, request)) };
    },
  });

/** @throws HttpProblem 404 */
export async function loadDeadLetter(
  deadLetters: Pick<Progress['deadLetters'], 'get'>,
  { params, note }: ApiRequest,
): Promise<DeadLetterContent> {
  const id = params['id'] ?? '';
  const letter = /^dl_[0-9a-f]{24}$/.test(id) ? await deadLetters.get(id) : null;
  if (letter === null) throw notFound();
  note({ deadLetterId: letter.id });
  return letter;
}
