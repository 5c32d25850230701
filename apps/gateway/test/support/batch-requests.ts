import { batchSchema, type Batch, type Problem } from '@image2model/contracts';
import type { Answer, Client } from '@image2model/testing';

/** Requests about one batch; the body is sent as JSON. */
export type SendToBatch = (method: string, id: string, path?: string, body?: unknown) => Promise<Answer>;

export const sendToBatch =
  (client: Client): SendToBatch =>
  (method, id, path = '', body) =>
    client.request(method, `/v1/batches/${id}${path}`, {
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });

/** The batch that a 200 answers. */
export async function batchAfter(asked: Promise<Answer>): Promise<Batch> {
  const { status, body } = await asked;
  expect({ status, body }).toMatchObject({ status: 200 });
  return batchSchema.parse(body);
}

/** The problem that a refusal answers. */
export async function refused(asked: Promise<Answer>, status: number): Promise<Problem> {
  const answer = await asked;
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
  return answer.body as Problem;
}
