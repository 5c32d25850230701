import type { EventEmitter } from 'node:events';
import type { Writable } from 'node:stream';
import { httpLimits } from '@image2model/contracts';
import type { Request, Response } from 'express';
import multer from 'multer';
import { HttpProblem, invalidRequest } from '../domain/http-problem.js';
import type { FileTaker } from '../domain/route.js';

/** So many file parts are read and counted, so that the refusal can say how many there were; more end the reading. */
const mostCounted = 10 * httpLimits.filesPerRequest;

/** multer's option that its types do not know yet. */
type Options = multer.Options & { streamHandler(request: Request, parser: Writable & EventEmitter): void };

/**
 * Reads a multipart body: files go to `take` as they arrive, one stream at a time, text fields are collected.
 * Settles only when every `take` has settled. @throws HttpProblem naming what is wrong with the form
 */
export async function readForm(
  request: Request,
  response: Response,
  take: FileTaker,
): Promise<Record<string, unknown>> {
  const taking = new Set<Promise<void>>();
  const nameless: string[] = [];
  const options: Options = {
    storage: handingOver(take, taking),
    preservePath: true,
    defParamCharset: 'utf8',
    limits: {
      files: mostCounted,
      fields: httpLimits.formFields,
      fieldSize: httpLimits.jsonBytes,
      fieldNestingDepth: 0,
      headerPairs: 32,
    },
    streamHandler: (body, parser) => {
      // multer passes over file parts without a filename; a caller should hear of them
      parser.on('file', (field: string, _stream: unknown, info: { filename?: string }) => {
        if (!info.filename) nameless.push(field);
      });
      body.pipe(parser);
    },
  };
  const failure = await new Promise<unknown>((resolve) => {
    multer(options).any()(request, response, resolve);
  });
  await Promise.all(taking);
  if (failure !== undefined) throw formProblem(failure);
  if (nameless.length > 0)
    throw invalidRequest([{ path: String(nameless[0]), message: 'is a file part without a filename' }]);
  const fields: unknown = request.body;
  return typeof fields === 'object' && fields !== null ? { ...fields } : {};
}

function handingOver(take: FileTaker, taking: Set<Promise<void>>): multer.StorageEngine {
  let index = 0;
  return {
    _handleFile: (_request, { fieldname, originalname, stream }, callback) => {
      const taken = take({ index, field: fieldname, name: originalname, stream }).finally(() =>
        callback(null, {}),
      );
      index += 1;
      taking.add(taken);
    },
    _removeFile: (_request, _file, callback) => callback(null),
  };
}

/** Limits of the form that a caller overstepped, by multer's codes. */
const limits: Readonly<Record<string, { status: number; message: string }>> = {
  LIMIT_FILE_COUNT: {
    status: 413,
    message: `the limit is ${httpLimits.filesPerRequest} files; got more than ${mostCounted}`,
  },
  LIMIT_FIELD_COUNT: { status: 413, message: `the limit is ${httpLimits.formFields} text fields; got more` },
  LIMIT_FIELD_VALUE: {
    status: 413,
    message: `the limit of a text field is ${httpLimits.jsonBytes} bytes; got more`,
  },
  LIMIT_FIELD_KEY: { status: 422, message: 'the name of a field has more than 100 bytes' },
  LIMIT_FIELD_NESTING: { status: 422, message: 'is not known' },
  INVALID_FIELD_NAME: { status: 422, message: 'is not known' },
  MISSING_FIELD_NAME: { status: 400, message: 'a part of the form has no name' },
};

function formProblem(failure: unknown): HttpProblem {
  const message = failure instanceof Error ? failure.message : String(failure);
  if (!(failure instanceof multer.MulterError))
    return new HttpProblem(400, 'invalid_multipart', `The multipart body cannot be read: ${message}`, {
      cause: failure,
    });
  const known = limits[failure.code] ?? { status: 400, message };
  const path = (failure.field ?? (failure.code === 'LIMIT_FILE_COUNT' ? 'images' : '(body)')).slice(0, 200);
  if (known.status !== 413) return invalidRequest([{ path, message: known.message }], known.status);
  return new HttpProblem(413, 'payload_too_large', `${path}: ${known.message}`, {
    errors: [{ path, message: known.message }],
  });
}
