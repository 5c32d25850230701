import { waitFor } from '../wait-for.js';

/** One file of a multipart request. */
export interface UploadFile {
  name: string;
  bytes: Uint8Array;
  /** image/jpeg by default */
  type?: string;
}

/** The parts of the HTTP contract's batch that specs look at; the rest is there too. */
export interface BatchView {
  id: string;
  status: string;
  total_files: number;
  counts: Record<'pending' | 'running' | 'completed' | 'failed' | 'cancelled', number>;
  progress: number;
  [field: string]: unknown;
}

type Body = NonNullable<RequestInit['body']>;

export interface Answer<B = unknown> {
  status: number;
  headers: Headers;
  body: B;
}

/** What a spec does with the gateway. */
export interface Client {
  readonly gatewayUrl: string;
  readonly apiKey: string;
  /** Any request, with the key; the body is parsed when it is JSON, else bytes. Never throws for a status. */
  request(
    method: string,
    path: string,
    init?: { body?: Body; headers?: Record<string, string> },
  ): Promise<Answer>;
  /** `count` files of the provider noop. @throws unless it was accepted */
  createNoopBatch(count: number, fields?: Record<string, unknown>): Promise<BatchView>;
  /** @throws unless it was accepted */
  createUploadBatch(files: readonly UploadFile[], fields?: Record<string, string>): Promise<BatchView>;
  getBatch(id: string): Promise<BatchView>;
  /** All files, page by page. */
  listFiles(id: string): Promise<Record<string, unknown>[]>;
  waitForTerminal(id: string, timeoutMs?: number): Promise<BatchView>;
}

const terminal = new Set(['completed', 'partial', 'failed', 'cancelled']);

/** The multipart body of an upload, for requests that are meant to fail. */
export function uploadForm(files: readonly UploadFile[], fields: Record<string, string> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const { name, bytes, type = 'image/jpeg' } of files)
    form.append('images', new Blob([bytes], { type }), name);
  return form;
}

export function createClient(gatewayUrl: string, apiKey: string): Client {
  const request: Client['request'] = async (method, path, { body, headers = {} } = {}) => {
    const response = await fetch(gatewayUrl + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const content: unknown = isJson ? await response.json() : Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body: content };
  };
  const expecting = async (status: number, asked: Promise<Answer>): Promise<unknown> => {
    const answer = await asked;
    if (answer.status !== status)
      throw new Error(
        `expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body).slice(0, 2_000)}`,
      );
    return answer.body;
  };
  const accepted = async (body: Body, headers?: Record<string, string>): Promise<BatchView> =>
    asBatch(
      await expecting(
        202,
        request('POST', '/v1/batches', { body, ...(headers === undefined ? {} : { headers }) }),
      ),
    );
  const client: Client = {
    gatewayUrl,
    apiKey,
    request,
    createNoopBatch: (count, fields = {}) =>
      accepted(JSON.stringify({ provider: 'noop', count, ...fields }), {
        'content-type': 'application/json',
      }),
    createUploadBatch: (files, fields = {}) => accepted(uploadForm(files, fields)),
    getBatch: async (id) => asBatch(await expecting(200, request('GET', `/v1/batches/${id}`))),
    listFiles: (id) =>
      allPages((query) => expecting(200, request('GET', `/v1/batches/${id}/files?${query}`))),
    waitForTerminal: async (id, timeoutMs = 60_000) => {
      const look = async (): Promise<BatchView | undefined> => {
        const batch = await client.getBatch(id);
        return terminal.has(batch.status) ? batch : undefined;
      };
      return waitFor(look, { timeoutMs, everyMs: 200, what: `${id} terminal` });
    },
  };
  return client;
}

/* The borders: what the gateway answered, as far as specs rely on it. */
function asBatch(body: unknown): BatchView {
  if (typeof body === 'object' && body !== null && 'id' in body && 'status' in body) return body as BatchView;
  throw new TypeError(`not a batch: ${JSON.stringify(body)}`);
}

async function allPages(page: (query: string) => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor === '' ? 'limit=1000' : `limit=1000&cursor=${encodeURIComponent(cursor)}`;
    const { data, next_cursor } = (await page(query)) as {
      data: Record<string, unknown>[];
      next_cursor: string | null;
    };
    rows.push(...data);
    cursor = next_cursor;
  }
  return rows;
}
