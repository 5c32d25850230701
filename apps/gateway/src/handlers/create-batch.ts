import { newBatchId, type StoredFile } from '@image2model/contracts';
import type { KeyedAnswer } from '@image2model/progress';
import {
  batchFromForm,
  batchFromJson,
  type BatchRequest,
  type ProviderRules,
} from '../domain/batch-request.js';
import { createFormFingerprint, jsonFingerprint } from '../domain/body-fingerprint.js';
import { unknownBodyType } from '../domain/http-problem.js';
import type { IncomingBatch } from '../domain/new-batch.js';
import { refuseHopeless } from '../domain/refuse-hopeless.js';
import { urlFile } from '../domain/url-file.js';
import { defineRoute, type ApiReply, type ApiRequest, type Route } from '../domain/route.js';
import type { Admission } from './admit-batches.js';
import { repeatedReply, takeTurn, type KeepingParts, type Turn } from './keep-idempotency.js';
import { promiseBatch, type Arrival, type PromisingParts } from './promise-batch.js';
import { readImages, receiveImages, type ReceivingParts } from './receive-images.js';

export interface CreatingParts
  extends Omit<PromisingParts, 'storage'>, Omit<ReceivingParts, 'storage' | 'admission'>, KeepingParts {
  storage: PromisingParts['storage'] & ReceivingParts['storage'];
  admission: Admission;
  providers: ProviderRules;
}

/**
 * Takes a batch: images as multipart or by URL as JSON, or a number of files for provider noop. 202 means that it is
 * safe; URLs are fetched later. With an Idempotency-Key a repeat gets the same answer and creates nothing.
 */
export const createBatch = (parts: CreatingParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/batches',
    async handle(request) {
      const { body } = request;
      if (body.kind === 'other') throw unknownBodyType();
      await parts.admission.check(body.bytes);
      const id = newBatchId();
      const turn = await takeTurn(parts, request, id);
      if ('answer' in turn) return repeatedReply(turn, await bodyHashOf(request));
      try {
        return await create(parts, request, { id, turn });
      } finally {
        turn.stop();
      }
    },
  });

/** Reads a body to know whether it was sent before; nothing of it is kept. */
async function bodyHashOf({ body }: ApiRequest): Promise<KeyedAnswer['bodyHash']> {
  if (body.kind === 'json') return jsonFingerprint(await body.json());
  const print = createFormFingerprint();
  const fields = await body.form(readImages(print));
  return print.of(fields);
}

interface Creation {
  id: string;
  turn: Turn;
}

async function create(parts: CreatingParts, request: ApiRequest, creation: Creation): Promise<ApiReply> {
  const { id, turn } = creation;
  let read: Arrival;
  try {
    read = await (request.body.kind === 'json' ? fromJson : fromForm)(parts, request, creation);
  } catch (error) {
    const reason = await turn.reason(error);
    await parts.undo.undo(id, false, turn.free);
    throw reason;
  }
  request.note({ batchId: id, files: read.batch.total });
  return promiseBatch(parts, read, turn);
}

async function fromJson(
  { providers }: CreatingParts,
  request: ApiRequest,
  { id, turn }: Creation,
): Promise<Arrival> {
  const body = await request.body.json();
  const bodyHash = turn.keyed ? jsonFingerprint(body) : '';
  const asked = batchFromJson(body, providers);
  if ('images' in asked) {
    const { images, ...fields } = asked;
    const files = images.map((image, idx) => urlFile(idx, image));
    return { bodyHash, batch: incoming(id, request, fields, files.length, files) };
  }
  const { count, ...fields } = asked;
  return { bodyHash, batch: incoming(id, request, fields, count, []) };
}

async function fromForm(parts: CreatingParts, request: ApiRequest, { id, turn }: Creation): Promise<Arrival> {
  const print = turn.keyed ? createFormFingerprint() : undefined;
  const reception = receiveImages(parts, id, { print });
  const fields = await request.body.form(reception.take);
  const files = reception.finish();
  const batch = incoming(id, request, batchFromForm(fields, parts.providers), files.length, files);
  refuseHopeless(files);
  return { bodyHash: print?.of(fields) ?? '', batch };
}

function incoming(
  id: string,
  { caller }: ApiRequest,
  request: BatchRequest,
  total: number,
  files: readonly StoredFile[],
): IncomingBatch {
  return { id, tenant: caller.tenant, request, total, files, createdAtMs: Date.now() };
}
