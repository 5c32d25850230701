import { envelopeSchema } from '@image2model/contracts';

/** Which file a dead message was about, if that can still be read. */
export function fileOfMessage(body: Uint8Array): { batchId: string; fileIdx: number } | null {
  try {
    const envelope = envelopeSchema.safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
    const { batchId, fileIdx } = envelope.data ?? {};
    return batchId === undefined || fileIdx === undefined ? null : { batchId, fileIdx };
  } catch {
    return null;
  }
}

/** Why a message is dead: our own reason, else the broker's (`x-first-death-reason` is for people only). */
export function reasonOfHeaders(headers: Readonly<Record<string, unknown>>): string {
  const texts = ['i2m-reason', 'i2m-error']
    .map((name) => headers[name])
    .filter((value): value is string => typeof value === 'string');
  if (texts.length > 0) return texts.join(': ').slice(0, 1_000);
  const broker = headers['x-first-death-reason'];
  return typeof broker === 'string' ? `broker: ${broker}` : 'unknown';
}
