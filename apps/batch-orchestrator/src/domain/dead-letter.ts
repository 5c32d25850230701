import { envelopeSchema, failureKinds } from '@image2model/contracts';

/** Which file a message is about. */
export interface FileOfMessage {
  batchId: string;
  fileIdx: number;
}

/** Which file a dead message was about, if that can still be read. */
export function fileOfMessage(body: Uint8Array): FileOfMessage | null {
  try {
    const envelope = envelopeSchema.safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
    const { batchId, fileIdx } = envelope.data ?? {};
    return batchId === undefined || fileIdx === undefined ? null : { batchId, fileIdx };
  } catch {
    return null;
  }
}

type Headers = Readonly<Record<string, unknown>>;

/** What each code says to somebody who is on call; the kinds of failures have their own words. */
const meanings = new Map(
  Object.entries({
    not_json: 'the body is not JSON',
    not_an_envelope: 'the body is JSON, but no message of this system',
    unexpected_type: 'its queue takes messages of another type',
    unknown_version: 'this build does not know its version; a newer one may',
    invalid_payload: 'a field is missing or wrong',
    delivery_limit: 'it was given out as often as its queue allows, and every time whoever had it went away',
    rejected: 'somebody who is no service of this system refused it',
    expired: 'it waited longer than its queue allows',
    maxlen: 'its queue was full',
  }),
);

/**
 * Why a message is dead: a code, a colon, and what that means; our own reason, else the broker's. At most 1,000 characters.
 * Headers come from outside: a code that is none is not repeated.
 */
export function reasonOfHeaders(headers: Headers): string {
  const own = codeOf(headers['i2m-reason']);
  const code = own ?? codeOf(headers['x-first-death-reason']);
  if (code === undefined)
    return 'unknown: nothing says why; it was put into the dead-letter queue by hand or by another program';
  const told = own === undefined ? '' : detailOf(headers['i2m-error'], code);
  const meaning = meanings.get(code) ?? meaningOfKind(code);
  const parts = [meaning, told].filter((part, at, all) => part !== '' && all.indexOf(part) === at);
  return (parts.length === 0 ? code : `${code}: ${parts.join('; ')}`).slice(0, 1_000);
}

const codeOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w.-]{1,100}$/.test(value) ? value : undefined;

/** The error's own words; those of a message that was not understood begin with the code. */
function detailOf(error: unknown, code: string): string {
  if (typeof error !== 'string') return '';
  return error.startsWith(`${code}: `) ? error.slice(code.length + 2) : error;
}

const kinds = new Map<string, { meaning: string }>(Object.entries(failureKinds));
const meaningOfKind = (code: string): string => kinds.get(code.split('.')[0] ?? '')?.meaning ?? '';

/** The dead letter that a message says it was; the list believes it only of one that was redriven. */
export function redriveOfHeaders(headers: Headers): string | null {
  const id = headers['i2m-redrive-of'];
  return typeof id === 'string' && /^dl_[0-9a-f]{24}$/.test(id) ? id : null;
}

const mostHeaders = 20;

/** The foreign headers that may go with a redriven message: short plain values, none of the broker's and none of ours. */
export function headersToSend(headers: Headers): Record<string, string | number | boolean> {
  const plain = Object.entries(headers).flatMap(([name, value]): [string, string | number | boolean][] => {
    if (!/^[\w.-]{1,100}$/.test(name) || /^(x-|i2m-)/i.test(name)) return [];
    if (typeof value === 'string' && value.length <= 1_000) return [[name, value]];
    if (typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value)))
      return [[name, value]];
    return [];
  });
  return Object.fromEntries(plain.slice(0, mostHeaders));
}
