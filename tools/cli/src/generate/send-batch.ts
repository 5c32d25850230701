import { openAsBlob } from 'node:fs';
import { batchViewSchema, type BatchView } from '../api/views.js';
import { firstBytes, imageTypeOf } from './image-fault.js';
import { entriesOf, type Session } from './session.js';
import type { Entry, Send, Wishes } from './state.js';

/** The same body for the same send, whenever it is made: a repeat must be recognised as one. */
interface Fields {
  name: string;
  settings: Omit<Wishes, 'provider'>;
  provider?: string | undefined;
  priority?: string | undefined;
  budget_usd?: number | undefined;
}

function fieldsOf({ wishes: { provider, ...settings } }: Session['state'], send: Send): Fields {
  const { name, priority, budget_usd } = send;
  return { name, settings, provider, priority, budget_usd };
}

async function formOf(fields: Fields, entries: readonly Entry[]): Promise<FormData> {
  const form = new FormData();
  // fields first: the gateway then knows them when the images arrive
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  for (const { source, name } of entries) {
    const type = imageTypeOf(firstBytes(source, 12)) ?? 'application/octet-stream';
    form.append('images', await openAsBlob(source, { type }), name);
  }
  return form;
}

/**
 * Sends a batch that is written down already, again and again over a bad line, always with its key.
 * @throws ApiProblem when the gateway does not take it, CliError when the line stays bad
 */
export async function sendBatch(session: Session, send: Send): Promise<BatchView> {
  const { api, state, patience, detached } = session;
  const entries = entriesOf(session, send);
  const fields = fieldsOf(state, send);
  const body =
    send.kind === 'file'
      ? { body: await formOf(fields, entries) }
      : { json: { ...fields, images: entries.map(({ source, name }) => ({ url: source, name })) } };
  return api.ask('/v1/batches', batchViewSchema, {
    method: 'POST',
    ...body,
    headers: { 'idempotency-key': send.key },
    timeoutMs: 0,
    patience,
    signal: detached,
  });
}
