import {
  createBatchFieldsSchema,
  createNoopBatchSchema,
  createUrlBatchSchema,
  httpLimits,
  sourceUrlFault,
  type CreateBatchFields,
  type CreateNoopBatch,
  type CreateUrlBatch,
  type ProviderName,
} from '@image2model/contracts';
import { judgeFalSettings } from '@image2model/fal';
import type { z } from 'zod';
import { HttpProblem, invalidRequest, type Invalid } from './http-problem.js';
import { parseJson } from './parse-json.js';
import { judgeWebhook, type WebhookRules } from './judge-webhook.js';
import { invalidParts, shown } from './zod-problem.js';

/** What this installation generates with. */
export interface ProviderRules {
  byDefault: ProviderName;
  noop: boolean;
  /** whether there is a key to pay with */
  fal: boolean;
  /** `host:port` entries that images may be fetched from wherever they are */
  sourceHosts: readonly string[];
  webhooks: WebhookRules;
}

export type BatchRequest = CreateBatchFields & { provider: ProviderName };
export type NoopBatchRequest = CreateNoopBatch & { provider: ProviderName };
export type UrlBatchRequest = CreateUrlBatch & { provider: ProviderName };

/** The fields beside the images of a multipart request; all text. @throws HttpProblem naming every bad field */
export function batchFromForm(fields: Readonly<Record<string, unknown>>, rules: ProviderRules): BatchRequest {
  const values: Record<string, unknown> = {};
  const invalid: Invalid[] = [];
  for (const [name, text] of Object.entries(fields)) {
    if (typeof text !== 'string') invalid.push({ path: name, message: 'must be sent once' });
    else if (name === 'images')
      invalid.push({ path: name, message: 'must be file parts with a filename, not text' });
    else if (name === 'webhook_events') values[name] = text.split(',').map((event) => event.trim());
    else values[name] = name === 'settings' ? parseJson(text, name) : valueOf(name, text);
  }
  return accepted(createBatchFieldsSchema, values, invalid, rules);
}

/** A JSON body: images by URL, or a batch without images for provider noop. @throws HttpProblem naming every bad field */
export function batchFromJson(body: unknown, rules: ProviderRules): NoopBatchRequest | UrlBatchRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidRequest([{ path: '(body)', message: `must be an object; got ${shown(body)}` }]);
  checkRest(body);
  if ('images' in body)
    return accepted(createUrlBatchSchema, { ...body }, badUrls(body.images, rules), rules);
  const request = accepted(createNoopBatchSchema, { ...body }, [], rules);
  if (request.provider !== 'noop')
    throw invalidRequest([
      {
        path: 'count',
        message: `is for provider noop; provider ${request.provider} needs images, as URLs or as multipart uploads`,
      },
    ]);
  return request;
}

/** What is not the list of images is small. @throws HttpProblem 413 */
function checkRest(body: object): void {
  const bytes = Buffer.byteLength(JSON.stringify({ ...body, images: undefined }));
  if (bytes <= httpLimits.jsonBytes) return;
  throw new HttpProblem(
    413,
    'payload_too_large',
    `A JSON body may have ${httpLimits.jsonBytes} bytes beside its images; got ${bytes}.`,
  );
}

/** URLs that nobody would ask, by the path of each; whatever is not text is left to the schema. */
function badUrls(images: unknown, { sourceHosts }: ProviderRules): Invalid[] {
  if (!Array.isArray(images) || images.length > httpLimits.urlsPerRequest) return [];
  return images.flatMap((image: unknown, idx) => {
    if (typeof image !== 'object' || image === null || !('url' in image) || typeof image.url !== 'string')
      return [];
    const message =
      image.url.length > httpLimits.urlCharacters
        ? `must have at most ${httpLimits.urlCharacters} characters; got ${image.url.length}`
        : sourceUrlFault(image.url, sourceHosts);
    return message === null ? [] : [{ path: `images[${idx}].url`, message }];
  });
}

const numbers: ReadonlySet<string> = new Set(['retention_hours', 'budget_usd']);

/** Numbers and flags arrive as text in a form; what is neither stays text for the schema to refuse. */
function valueOf(name: string, text: string): unknown {
  if (numbers.has(name) && /^\s*-?\d+(\.\d+)?\s*$/.test(text)) return Number(text);
  if (name === 'sealed' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function accepted<T extends CreateBatchFields>(
  schema: z.ZodType<T>,
  values: Record<string, unknown>,
  invalid: Invalid[],
  rules: ProviderRules,
): T & { provider: ProviderName } {
  const known = withoutLaterFields(values, invalid);
  invalid.push(...judgeWebhook(values, rules.webhooks));
  const parsed = schema.safeParse(known, { reportInput: true });
  if (!parsed.success) throw invalidRequest(onePerPath([...invalid, ...invalidParts(parsed.error.issues)]));
  const provider = parsed.data.provider ?? rules.byDefault;
  const all = [...invalid, ...unavailableHere(provider, parsed.data.settings, rules)];
  if (all.length > 0) throw invalidRequest(all);
  return { ...parsed.data, provider };
}

/** The first word about each path. */
function onePerPath(all: readonly Invalid[]): Invalid[] {
  const seen = new Set<string>();
  return all.filter(({ path }) => !seen.has(path) && seen.add(path));
}

const notYet = 'is not supported by this version yet';

/** Fields of the contract that a later version fulfils: refused by name, never silently ignored. */
function withoutLaterFields(values: Record<string, unknown>, invalid: Invalid[]): Record<string, unknown> {
  const { sealed, ...known } = values;
  if (sealed === false) invalid.push({ path: 'sealed', message: `false ${notYet}` });
  else if (sealed !== undefined && sealed !== true)
    invalid.push({ path: 'sealed', message: `must be true or false; got ${shown(sealed)}` });
  return known;
}

function unavailableHere(
  provider: ProviderName,
  settings: CreateBatchFields['settings'],
  rules: ProviderRules,
): Invalid[] {
  if (provider === 'fal')
    return [
      ...(rules.fal
        ? []
        : [{ path: 'provider', message: 'fal needs FAL_KEY, which this installation lacks' }]),
      ...judgeFalSettings(settings),
    ];
  const invalid: Invalid[] = [];
  if (provider === 'noop' && !rules.noop)
    invalid.push({ path: 'provider', message: 'noop is not enabled in this installation (I2M_NOOP_MS)' });
  if (settings.quality_gate === true) invalid.push({ path: 'settings.quality_gate', message: notYet });
  for (const key of ['endpoint', 'extra'] as const)
    if (settings[key] !== undefined)
      invalid.push({
        path: `settings.${key}`,
        message: `is for provider fal; provider ${provider} has none`,
      });
  return invalid;
}
