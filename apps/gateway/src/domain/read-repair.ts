import { envelopeSchema, laneOfQueue, messageCatalog, workQueues } from '@image2model/contracts';
import { mostBodyBytes } from '@image2model/progress';
import { HttpProblem, invalidRequest } from './http-problem.js';
import { parseJson } from './parse-json.js';
import { parseRequest, shown } from './zod-problem.js';

const at = ['body'];

/**
 * The body that is to be sent instead of one that died, as text; it must be a message that its queue takes.
 * @throws HttpProblem 422 naming each field and its value
 */
export function readRepair(queue: string, body: string | Record<string, unknown>): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (Buffer.byteLength(text) > mostBodyBytes)
    throw refused('body', `must have at most ${mostBodyBytes} bytes`);
  const message = workQueues.find(({ name }) => name === queue)?.message;
  const type = messageCatalog.find((known) => known.type === message);
  if (type === undefined)
    throw refused('body', `cannot be sent: this system has no queue ${shown(queue)} any more`);
  const envelope = parseRequest(envelopeSchema, jsonOf(text), at);
  if (envelope.type !== type.type)
    throw refused('body.type', `must be ${type.type}, which ${queue} takes; got ${shown(envelope.type)}`);
  if (envelope.version !== type.version)
    throw refused('body.version', `must be ${type.version}; got ${envelope.version}`);
  parseRequest(type.payload, envelope.payload, [...at, 'payload']);
  if (laneOfQueue(queue) !== undefined)
    for (const field of ['batchId', 'fileIdx'] as const)
      if (envelope[field] === undefined)
        throw refused(`body.${field}`, 'is required: a file is to be generated');
  return text;
}

/** Not JSON is not a broken request here: the request was read, its field is wrong. */
function jsonOf(text: string): unknown {
  try {
    return parseJson(text, 'body');
  } catch (error) {
    if (error instanceof HttpProblem && error.errors !== undefined) throw invalidRequest(error.errors);
    throw error;
  }
}

const refused = (path: string, message: string): HttpProblem => invalidRequest([{ path, message }]);
