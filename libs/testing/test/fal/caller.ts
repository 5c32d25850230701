import { z } from 'zod';
import {
  defaultFalKey,
  startFalStandIn,
  waitFor,
  type FalStandIn,
  type FalStandInOptions,
  type LedgerRow,
} from '../../src/index.js';

export const tripo = 'tripo3d/tripo/v2.5/image-to-3d';
export const trellis = 'fal-ai/trellis';
/** The first bytes of a JPEG: enough for the stand-in. */
export const jpegBytes = Buffer.from('ffd8ffe000104a464946', 'hex');

const submittedSchema = z.looseObject({
  request_id: z.string(),
  status: z.literal('IN_QUEUE'),
  status_url: z.string(),
  response_url: z.string(),
  cancel_url: z.string(),
  queue_position: z.number(),
});
export type Submitted = z.infer<typeof submittedSchema>;
const fileSchema = z.looseObject({ url: z.string(), file_name: z.string(), file_size: z.number() });
const uploadSchema = z.object({ upload_url: z.string(), file_url: z.string() });

export interface Answer {
  status: number;
  body: unknown;
  headers: Headers;
}

/** Speaks to a stand-in as a program would that knows only fal's protocol. */
export interface Caller {
  readonly fal: FalStandIn;
  ask(method: string, url: string, options?: { body?: unknown; key?: string }): Promise<Answer>;
  upload(bytes?: Uint8Array, name?: string): Promise<string>;
  submit(options?: SubmitOptions): Promise<Answer>;
  submitted(options?: SubmitOptions): Promise<Submitted>;
  /** Waits for the ledger to show the job as completed. */
  completed(requestId: string): Promise<LedgerRow>;
  download(url: string): Promise<Response>;
  close(): Promise<void>;
}

interface SubmitOptions {
  endpoint?: string;
  image?: string;
  input?: object;
  webhook?: string;
  key?: string;
}

/** Jobs of 20 ms unless the options say something else. */
export async function startCaller(options: FalStandInOptions = {}): Promise<Caller> {
  const fal = await startFalStandIn({ duration: { kind: 'fixed', ms: 20 }, ...options });
  const { origin } = fal;
  const mapped = (url: string): string =>
    url.startsWith('https://') ? `${origin}/${url.slice('https://'.length)}` : url;
  const ask: Caller['ask'] = async (method, url, { body, key = defaultFalKey } = {}) => {
    const response = await fetch(mapped(url), {
      method,
      headers: { authorization: `Key ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) as unknown, headers: response.headers };
  };
  const submit: Caller['submit'] = ({ endpoint = tripo, image, input = {}, webhook, key } = {}) =>
    ask(
      'POST',
      `https://queue.fal.run/${endpoint}${webhook ? `?fal_webhook=${encodeURIComponent(webhook)}` : ''}`,
      {
        body: { image_url: image ?? 'https://example.com/a.jpg', ...input },
        ...(key === undefined ? {} : { key }),
      },
    );
  return {
    fal,
    ask,
    submit,
    async upload(bytes = jpegBytes, name = 'photo.jpg') {
      const { body } = await ask(
        'POST',
        'https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3',
        {
          body: { content_type: 'image/jpeg', file_name: name },
        },
      );
      const { upload_url, file_url } = uploadSchema.parse(body);
      await fetch(mapped(upload_url), { method: 'PUT', body: Buffer.from(bytes) });
      return file_url;
    },
    submitted: async (what) => submittedSchema.parse((await submit(what)).body),
    completed: (requestId) =>
      waitFor(() => fal.ledger().find((row) => row.request_id === requestId && row.state === 'completed'), {
        everyMs: 5,
        timeoutMs: 5_000,
        what: `the end of ${requestId}`,
      }),
    download: (url) => fetch(mapped(url), { redirect: 'manual' }),
    close: () => fal.close(),
  };
}

/** Submits, waits, and reads the result's file of this name. */
export async function modelOf(
  caller: Caller,
  field: string,
  options: SubmitOptions = {},
): Promise<{ url: string; file_size: number; response: Response }> {
  const { request_id, response_url } = await caller.submitted(options);
  await caller.completed(request_id);
  const { body } = await caller.ask('GET', response_url);
  const file = fileSchema.parse(z.record(z.string(), z.unknown()).parse(body)[field]);
  return { ...file, response: await caller.download(file.url) };
}
