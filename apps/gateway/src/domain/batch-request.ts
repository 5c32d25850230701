import {
  createBatchFieldsSchema,
  createNoopBatchSchema,
  type CreateBatchFields,
  type CreateNoopBatch,
  type ProviderName,
} from '@image2model/contracts';
import type { z } from 'zod';
import { invalidRequest, type Invalid } from './http-problem.js';
import { parseJson } from './parse-json.js';
import { invalidParts, shown } from './zod-problem.js';

/** What this installation generates with. */
export interface ProviderRules {
  byDefault: ProviderName;
  noop: boolean;
}

export type BatchRequest = CreateBatchFields & { provider: ProviderName };
export type NoopBatchRequest = CreateNoopBatch & { provider: ProviderName };

/** The fields beside the images of a multipart request; all text. @throws HttpProblem naming every bad field */
export function batchFromForm(fields: Readonly<Record<string, unknown>>, rules: ProviderRules): BatchRequest {
  const values: Record<string, unknown> = {};
  const invalid: Invalid[] = [];
  for (const [name, text] of Object.entries(fields)) {
    if (typeof text !== 'string') invalid.push({ path: name, message: 'must be sent once' });
    else if (name === 'images')
      invalid.push({ path: name, message: 'must be file parts with a filename, not text' });
    else values[name] = name === 'settings' ? parseJson(text, name) : valueOf(name, text);
  }
  return accepted(createBatchFieldsSchema, values, invalid, rules);
}

/** A JSON body: a batch without images for provider noop. @throws HttpProblem naming every bad field */
export function batchFromJson(body: unknown, rules: ProviderRules): NoopBatchRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidRequest([{ path: '(body)', message: `must be an object; got ${shown(body)}` }]);
  if ('images' in body)
    throw invalidRequest([
      {
        path: 'images',
        message: 'this version takes images as multipart uploads (file parts named images), not as URLs',
      },
    ]);
  const request = accepted(createNoopBatchSchema, { ...body }, [], rules);
  if (request.provider !== 'noop')
    throw invalidRequest([
      {
        path: 'count',
        message: `is for provider noop; provider ${request.provider} needs images as multipart uploads`,
      },
    ]);
  return request;
}

/** Numbers and flags arrive as text in a form; what is neither stays text for the schema to refuse. */
function valueOf(name: string, text: string): unknown {
  if (name === 'retention_hours' && /^\s*-?\d+(\.\d+)?\s*$/.test(text)) return Number(text);
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
  const parsed = schema.safeParse(known, { reportInput: true });
  if (!parsed.success) throw invalidRequest([...invalid, ...invalidParts(parsed.error.issues)]);
  const provider = parsed.data.provider ?? rules.byDefault;
  const all = [...invalid, ...unavailableHere(provider, parsed.data.settings, rules)];
  if (all.length > 0) throw invalidRequest(all);
  return { ...parsed.data, provider };
}

const notYet = 'is not supported by this version yet';

/** Fields of the contract that a later version fulfils: refused by name, never silently ignored. */
function withoutLaterFields(values: Record<string, unknown>, invalid: Invalid[]): Record<string, unknown> {
  const { webhook_url: webhook, budget_usd: budget, sealed, ...known } = values;
  if (webhook !== undefined && webhook !== null) invalid.push({ path: 'webhook_url', message: notYet });
  if (budget !== undefined && budget !== null) invalid.push({ path: 'budget_usd', message: notYet });
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
  const invalid: Invalid[] = [];
  if (provider === 'fal') invalid.push({ path: 'provider', message: 'fal is not available in this version' });
  if (provider === 'noop' && !rules.noop)
    invalid.push({ path: 'provider', message: 'noop is not enabled in this installation (I2M_NOOP_MS)' });
  if (settings.quality_gate === true) invalid.push({ path: 'settings.quality_gate', message: notYet });
  for (const key of ['endpoint', 'extra'] as const)
    if (provider !== 'fal' && settings[key] !== undefined)
      invalid.push({
        path: `settings.${key}`,
        message: `is for provider fal; provider ${provider} has none`,
      });
  return invalid;
}
