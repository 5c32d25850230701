import { newBatchId } from '@image2model/contracts';
import { falEndpointOf } from '@image2model/fal';
import type { Progress } from '@image2model/progress';
import { batchFromForm, batchFromJson, type BatchRequest } from '../domain/batch-request.js';
import { unknownBodyType } from '../domain/http-problem.js';
import { refusedOf } from '../domain/new-batch.js';
import { pricePerFile } from '../domain/price-per-file.js';
import { quoteView, type QuotedBatch } from '../domain/quote-view.js';
import { refuseHopeless } from '../domain/refuse-hopeless.js';
import { defineRoute, type ApiRequest, type Route } from '../domain/route.js';
import type { CreatingParts } from './create-batch.js';
import type { Governors } from './read-governors.js';
import { receiveImages } from './receive-images.js';

export interface QuotingParts extends Pick<
  CreatingParts,
  'admission' | 'limits' | 'maxFiles' | 'metrics' | 'providers' | 'storage' | 'undo'
> {
  fleet: Pick<Progress['fleet'], 'live'>;
  governors: Pick<Governors, 'states'>;
  /** time that provider noop takes for a file */
  noopMs: number;
}

/** What a batch would cost and how long it would take: the body and the checks of a creation, and nothing is kept. */
export const quoteBatch = (parts: QuotingParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/batches:quote',
    async handle(request) {
      const { body } = request;
      if (body.kind === 'other') throw unknownBodyType();
      await parts.admission.check(body.bytes);
      const asked = await (body.kind === 'json' ? fromJson : fromForm)(parts, request);
      const priceMicro = pricePerFile(asked.fields);
      const pace = await paceOf(parts, asked.fields);
      return { status: 200, json: quoteView({ ...asked, priceMicro, ...pace }) };
    },
  });

/** What would be made of the request. */
interface Asked extends Pick<QuotedBatch, 'total' | 'good'> {
  fields: BatchRequest;
}

async function fromJson({ providers }: QuotingParts, { body }: ApiRequest): Promise<Asked> {
  const fields = batchFromJson(await body.json(), providers);
  const total = 'images' in fields ? fields.images.length : fields.count;
  return { fields, total, good: total };
}

/** Each image is on the disk for as long as it is judged: memory stays flat, as when a batch is created. */
async function fromForm(parts: QuotingParts, { body }: ApiRequest): Promise<Asked> {
  const id = newBatchId();
  try {
    const reception = receiveImages(parts, id, { keep: false });
    const fields = batchFromForm(await body.form(reception.take), parts.providers);
    const files = reception.finish();
    refuseHopeless(files);
    return { fields, total: files.length, good: files.length - refusedOf(files) };
  } finally {
    await parts.undo.undo(id, false);
  }
}

/** The embedded provider on a common machine, for the usual number of faces. */
const embeddedSeconds = [1, 4] as const;

async function paceOf(
  { fleet, governors, noopMs }: QuotingParts,
  { provider, settings }: BatchRequest,
): Promise<Pick<QuotedBatch, 'usualSeconds' | 'atOnce'>> {
  if (provider === 'fal') {
    const usualSeconds = falEndpointOf(settings)?.usualSeconds ?? embeddedSeconds;
    return { usualSeconds, atOnce: (await governors.states()).get(provider)?.limit ?? 1 };
  }
  const slots = (await fleet.live()).reduce((sum, one) => sum + one.slots, 0);
  const noopSeconds = [noopMs / 1000, noopMs / 1000] as const;
  return { usualSeconds: provider === 'noop' ? noopSeconds : embeddedSeconds, atOnce: slots };
}
