import { newBatchId, type StoredFile } from '@image2model/contracts';
import {
  batchFromForm,
  batchFromJson,
  type BatchRequest,
  type ProviderRules,
} from '../domain/batch-request.js';
import { batchPath, batchView } from '../domain/batch-view.js';
import { HttpProblem } from '../domain/http-problem.js';
import { acceptedRecord, type IncomingBatch } from '../domain/new-batch.js';
import { urlFile } from '../domain/url-file.js';
import { defineRoute, type ApiReply, type ApiRequest, type Route } from '../domain/route.js';
import { acceptBatch, type AcceptingParts } from './accept-batch.js';
import type { Admission } from './admit-batches.js';
import { receiveImages, type ReceivingParts } from './receive-images.js';
import type { Undo } from './undo-acceptance.js';

export interface CreatingParts
  extends Omit<AcceptingParts, 'storage'>, Omit<ReceivingParts, 'storage' | 'admission'> {
  storage: AcceptingParts['storage'] & ReceivingParts['storage'];
  admission: Admission;
  undo: Undo;
  providers: ProviderRules;
}

/**
 * Takes a batch: images as multipart or by URL as JSON, or a number of files for provider noop. 202 means that it is
 * safe; URLs are fetched later.
 */
export const createBatch = (parts: CreatingParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/batches',
    async handle(request) {
      const { body } = request;
      if (body.kind === 'other') throw unknownType();
      await parts.admission.check(body.bytes);
      return body.kind === 'json' ? createFromJson(parts, request) : createFromForm(parts, request);
    },
  });

const unknownType = (): HttpProblem =>
  new HttpProblem(
    415,
    'unsupported_media_type',
    'Send multipart/form-data with file parts named images, or application/json.',
    {
      headers: { 'Accept-Post': 'multipart/form-data, application/json' },
    },
  );

async function createFromJson(parts: CreatingParts, request: ApiRequest): Promise<ApiReply> {
  const asked = batchFromJson(await request.body.json(), parts.providers);
  const id = newBatchId();
  if ('images' in asked) {
    const { images, ...fields } = asked;
    const files = images.map((image, idx) => urlFile(idx, image));
    return accept(parts, request, incoming(id, request, fields, files.length, files));
  }
  const { count, ...fields } = asked;
  return accept(parts, request, incoming(id, request, fields, count, []));
}

async function createFromForm(parts: CreatingParts, request: ApiRequest): Promise<ApiReply> {
  const id = newBatchId();
  const reception = receiveImages(parts, id);
  let batch: IncomingBatch;
  try {
    const fields = await request.body.form(reception.take);
    const files = reception.finish();
    batch = incoming(id, request, batchFromForm(fields, parts.providers), files.length, files);
    refuseHopeless(files);
  } catch (error) {
    await parts.undo.undo(id, false);
    throw error;
  }
  return accept(parts, request, batch);
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

/** One good image is enough; a batch without any is refused with the reason of each. */
function refuseHopeless(files: readonly StoredFile[]): void {
  const errors = files.flatMap(({ idx, name, error }) =>
    error === null ? [] : [{ path: `images[${idx}]`, message: `${name}: ${error.message} (${error.code})` }],
  );
  if (errors.length < files.length) return;
  throw new HttpProblem(422, 'input.all_refused', `None of the ${files.length} images can be used.`, {
    errors,
  });
}

async function accept(parts: CreatingParts, request: ApiRequest, batch: IncomingBatch): Promise<ApiReply> {
  request.note({ batchId: batch.id, files: batch.total });
  try {
    await acceptBatch(parts, batch);
  } catch (error) {
    await parts.undo.undo(batch.id, true);
    throw error;
  }
  const view = batchView(acceptedRecord(batch), [], Date.now());
  return { status: 202, headers: { Location: batchPath(batch.id) }, json: view };
}
