import { z } from 'zod';

/** Where in a job's life a fault strikes. `job` and `model` are decided when the job is accepted, the rest at each request. */
export type FaultStage = 'upload' | 'submit' | 'status' | 'result' | 'listing' | 'download' | 'job' | 'model';

/** Every fault the stand-in can play, and where. */
export const faultStages = {
  upload_error: 'upload',
  slow_upload: 'upload',
  /** 429, nothing accepted. */
  too_many_requests: 'submit',
  /** 5xx, nothing accepted. */
  submit_error: 'submit',
  /** 5xx although the job was accepted, as a gateway in between would answer. */
  submit_error_accepted: 'submit',
  /** 422 at once, nothing accepted. */
  refused_input: 'submit',
  reset_before_accept: 'submit',
  reset_after_accept: 'submit',
  hang_before_accept: 'submit',
  hang_after_accept: 'submit',
  /** Accepted; the answer breaks off in the middle. */
  half_answer: 'submit',
  /** Accepted at once, answered late. */
  slow_submit: 'submit',
  /** Accepted late, as by a request that was long on its way. */
  slow_accept: 'submit',
  status_error: 'status',
  status_reset: 'status',
  slow_status: 'status',
  result_error: 'result',
  slow_result: 'result',
  listing_error: 'listing',
  download_error: 'download',
  half_download: 'download',
  slow_download: 'download',
  /** COMPLETED, the result a 422; billed. */
  image_load_error: 'job',
  content_policy: 'job',
  /** COMPLETED, the result a 500 of the runner; not billed. */
  runner_error: 'job',
  /** COMPLETED, the result a 200 without any file; billed. */
  no_model: 'job',
  /** The request is forgotten when it finishes: 404 for its id; billed. */
  expired: 'job',
  not_glb: 'model',
  no_texture: 'model',
  many_faces: 'model',
  too_large: 'model',
  zip: 'model',
  redirect: 'model',
  foreign_host: 'model',
} as const satisfies Record<string, FaultStage>;

export type FaultName = keyof typeof faultStages;
export type FaultAt<S extends FaultStage> = {
  [N in FaultName]: (typeof faultStages)[N] extends S ? N : never;
}[FaultName];

const isFaultName = (name: unknown): name is FaultName =>
  typeof name === 'string' && Object.hasOwn(faultStages, name);

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

/** One scripted fault: all of its conditions must hold. The first rule that strikes wins. */
export const faultRuleSchema = z.strictObject({
  fault: z.custom<FaultName>(isFaultName, `one of ${Object.keys(faultStages).join(', ')}`),
  share: z.number().min(0).max(1).default(1).describe('of what the other conditions leave, by the seed'),
  image: z
    .string()
    .refine(isRegExp, 'not a regular expression')
    .optional()
    .describe('regular expression on the image url'),
  endpoint: z.string().optional().describe('endpoint id'),
  ordinals: z.array(z.number().int().positive()).optional().describe('numbers of the submits, from 1'),
  times: z.number().int().positive().optional().describe('at most so often in all'),
  timesPerImage: z.number().int().positive().optional().describe('at most so often for one image url'),
  status: z.number().int().min(400).max(599).optional().describe('of the errors; default 503'),
  retryAfterS: z.number().min(0).nullable().default(1).describe('of the 429s; null: without the header'),
  bytes: z
    .number()
    .int()
    .positive()
    .default(201 * 1024 * 1024)
    .describe('of the models that are too large'),
  delayMs: z.number().min(0).default(1_000).describe('of the slow answers'),
});
export type FaultRuleInput = z.input<typeof faultRuleSchema>;
export type FaultRule = z.output<typeof faultRuleSchema>;

/** What a rule looks at. The ordinal is that of the submit which made, or would make, the job. */
export interface FaultSubject {
  readonly imageUrl: string;
  readonly endpoint: string;
  readonly ordinal: number;
}
