import { z } from 'zod';

/** What an answer says of its error, whichever of the two shapes it has. */
export interface FalError {
  /** machine words: `image_load_error`, `runner_disconnected` */
  types: readonly string[];
  /** words for people */
  text: string;
}

const modelErrors = z.object({
  detail: z.array(z.object({ msg: z.string().optional(), type: z.string().optional() })).min(1),
});
const requestError = z.object({
  detail: z.string().optional(),
  message: z.string().optional(),
  error: z.union([z.string(), z.object({ message: z.string() })]).optional(),
  error_type: z.string().nullish(),
});

/** Reads `{detail: [{loc, msg, type}]}` and `{detail, error_type}`; anything else has no types and no text. */
export function errorOf(body: unknown): FalError {
  const model = modelErrors.safeParse(body);
  if (model.success) {
    const { detail } = model.data;
    return {
      types: detail.flatMap(({ type }) => (type === undefined ? [] : [type])),
      text: detail.find(({ msg }) => msg !== undefined)?.msg ?? '',
    };
  }
  const request = requestError.safeParse(body);
  if (!request.success) return { types: [], text: '' };
  const { detail, message, error, error_type } = request.data;
  const ofError = typeof error === 'object' ? error.message : error;
  return { types: error_type ? [error_type] : [], text: detail ?? ofError ?? message ?? '' };
}

/** The provider's words as they may be shown: no URLs, no keys, short. */
export function reasonText({ text }: FalError): string {
  const clean = text
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, '(a URL)')
    .replace(/\b(key|bearer)\s+\S{12,}/gi, '(a key)')
    .replace(/[^\P{C}\n]|\s+/gu, ' ')
    .trim();
  return clean.length <= 300 ? clean : `${clean.slice(0, 297)}…`;
}
