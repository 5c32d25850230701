import type { Problem } from '@image2model/contracts';
import type { Answer } from '@image2model/testing';
import type { GatewayUnderTest } from './gateway.js';

/** Every refusal has the same shape and leaves nothing behind; for a gateway that holds nothing. */
export async function refusal(
  gateway: GatewayUnderTest,
  asked: Promise<Answer>,
  status: number,
  instance = '/v1/batches',
): Promise<Problem> {
  const answer = await asked;
  const problem = answer.body as Problem;
  expect({ status: answer.status, body: problem }).toMatchObject({ status });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('x-request-id')).toBe(problem.request_id);
  expect(problem).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance,
    code: expect.any(String),
  });
  expect(await gateway.stored()).toEqual([]);
  expect(await gateway.batchKeys()).toEqual([]);
  return problem;
}

/** What a problem says of one part of the request. */
export const errorAt = (problem: Problem, path: string): string =>
  problem.errors?.find((error) => error.path === path)?.message ?? `no ${path} in ${JSON.stringify(problem)}`;
