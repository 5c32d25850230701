import {
  auditSchema,
  fileSchema,
  retryQuoteSchema,
  type Audit,
  type BatchFile,
} from '@image2model/contracts';
import type { z } from 'zod';
import type { ApiClient, Asked } from './api-client.js';
import { allPages } from './pages.js';
import {
  batchPageSchema,
  batchViewSchema,
  filePageSchema,
  manifestViewSchema,
  type BatchView,
} from './views.js';

/** What may be asked for safely twice. */
const repeatable = { forMs: 10_000 } as const;
/** A cancel waits for submits that are on the wire. */
const longTimeoutMs = 60_000;

export const batchPath = (id: string): string => `/v1/batches/${encodeURIComponent(id)}`;

/** The calls about batches. */
export interface BatchesApi {
  get(id: string, asked?: Asked): Promise<BatchView>;
  /** The newest first. */
  list(most: number, status?: string): Promise<BatchView[]>;
  /** Some or all files of a batch, by idx. */
  files(id: string, status?: string, asked?: Asked): Promise<BatchFile[]>;
  file(id: string, idx: number, asked?: Asked): Promise<BatchFile>;
  act(id: string, action: 'cancel' | 'pause' | 'resume', asked?: Asked): Promise<BatchView>;
  retry(id: string, codes?: readonly string[]): Promise<BatchView>;
  quoteRetry(id: string, codes?: readonly string[]): Promise<z.output<typeof retryQuoteSchema>>;
  audit(id: string): Promise<Audit>;
  manifest(id: string): Promise<z.output<typeof manifestViewSchema>>;
}

export function batchesApi(api: ApiClient): BatchesApi {
  const withStatus = (status: string | undefined): string =>
    status === undefined ? '' : `&status=${encodeURIComponent(status)}`;
  const retry = (codes: readonly string[] | undefined, quote: boolean): Asked => ({
    method: 'POST',
    json: { quote, ...(codes === undefined ? {} : { codes }) },
    patience: repeatable,
  });
  return {
    get: (id, asked) => api.ask(batchPath(id), batchViewSchema, asked),
    list: (most, status) =>
      allPages((query) => api.ask(`/v1/batches?${query}${withStatus(status)}`, batchPageSchema), most),
    files: (id, status, asked) =>
      allPages((query) =>
        api.ask(`${batchPath(id)}/files?${query}${withStatus(status)}`, filePageSchema, asked),
      ),
    file: (id, idx, asked) => api.ask(`${batchPath(id)}/files/${idx}`, fileSchema, asked),
    act: (id, action, asked) =>
      api.ask(`${batchPath(id)}/${action}`, batchViewSchema, {
        method: 'POST',
        patience: repeatable,
        timeoutMs: longTimeoutMs,
        ...asked,
      }),
    retry: (id, codes) => api.ask(`${batchPath(id)}/retry`, batchViewSchema, retry(codes, false)),
    quoteRetry: (id, codes) => api.ask(`${batchPath(id)}/retry`, retryQuoteSchema, retry(codes, true)),
    audit: (id) => api.ask(`${batchPath(id)}/audit`, auditSchema, { timeoutMs: 0 }),
    manifest: (id) => api.ask(`${batchPath(id)}/manifest`, manifestViewSchema, { timeoutMs: longTimeoutMs }),
  };
}
