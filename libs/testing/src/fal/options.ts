import { z } from 'zod';
import { durationSchema } from './durations.js';
import { faultRuleSchema } from './faults.js';

const share = z.number().min(0).max(1);
const wholeMs = z.number().int().min(0);
const urlForm = z.enum(['fal', 'origin']);

/** `ok`; `unknown` answers 401, `locked` 403 (no balance), `forbidden` 403 (not allowed). */
export const keyStateSchema = z.enum(['ok', 'unknown', 'locked', 'forbidden']);
export type KeyState = z.infer<typeof keyStateSchema>;

export const webhookOptionsSchema = z.strictObject({
  enabled: z.boolean(),
  delayMs: wholeMs.describe('from the end of the job to the first try'),
  duplicateShare: share.describe('sent twice although the first was answered'),
  missingShare: share.describe('never sent'),
  earlyShare: share.describe('sent already when the job starts, as well'),
  tries: z.number().int().min(1).max(10),
  firstPauseMs: wholeMs.describe('before the second try; doubles from try to try'),
  timeoutMs: z.number().int().positive(),
});
export type WebhookOptions = z.infer<typeof webhookOptionsSchema>;

export const listingOptionsSchema = z.strictObject({
  enabled: z.boolean(),
  lagMs: wholeMs.describe('a job is listed so long after it was accepted'),
  finishedOnly: z.boolean(),
  inputAs: z.enum(['object', 'string', 'none']).describe('the form of json_input'),
});
export type ListingOptions = z.infer<typeof listingOptionsSchema>;

/** What can be changed while the stand-in runs. */
export const controlSchema = z
  .strictObject({
    concurrency: z.number().int().min(0).max(10_000).describe('jobs at a time; 0: all wait'),
    duration: durationSchema,
    keys: z.record(z.string().min(1), keyStateSchema).describe('merged into those there are'),
    faults: z.array(faultRuleSchema).describe('replaces all rules'),
    webhooks: webhookOptionsSchema.partial(),
    listing: listingOptionsSchema.partial(),
    cancelRunning: z.enum(['finishes', 'stops']).describe('what cancel does to a job that runs'),
    faces: z.number().int().min(8).max(5_000_000).describe('of a model, within its face_limit'),
    finish: z.literal(true).describe('ends all that run now'),
    rotateJwks: z.enum(['add', 'replace']).describe('signs with a new key; the old one stays listed or goes'),
  })
  .partial();
export type FalControl = z.input<typeof controlSchema>;

export const standInOptionsSchema = z.strictObject({
  ...controlSchema.omit({ finish: true, rotateJwks: true }).shape,
  port: z.number().int().min(0).max(65_535).default(0).describe('0: any free one'),
  seed: z.number().int().default(1),
  queueUrls: urlForm.default('fal').describe('form of status_url, response_url, cancel_url'),
  fileUrls: urlForm.default('fal').describe('form of upload_url, file_url and the urls of models'),
  listingPage: z.number().int().min(1).max(100).default(50),
});
/** Everything has a default: one key `stand-in-key`, 2 jobs at a time of 500 ms, no faults, webhooks and listing on. */
export type FalStandInOptions = z.input<typeof standInOptionsSchema>;

/** Checks options that came as text. @throws ZodError naming every problem */
export const readFalStandInOptions = (options: unknown): FalStandInOptions =>
  standInOptionsSchema.parse(options);

export const defaultFalKey = 'stand-in-key';
export const defaultWebhooks: WebhookOptions = {
  enabled: true,
  delayMs: 0,
  duplicateShare: 0,
  missingShare: 0,
  earlyShare: 0,
  tries: 10,
  firstPauseMs: 250,
  timeoutMs: 15_000,
};
export const defaultListing: ListingOptions = {
  enabled: true,
  lagMs: 0,
  finishedOnly: false,
  inputAs: 'object',
};
