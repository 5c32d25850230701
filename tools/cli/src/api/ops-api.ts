import type { z } from 'zod';
import type { ApiClient, Asked } from './api-client.js';

/** The calls about the installation: `/v1/ops/…`. */
export interface OpsApi {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  /** A call that does something; never repeated by itself. */
  call<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, schema: z.ZodType<T>, json?: unknown): Promise<T>;
}

export const opsApi = (api: ApiClient): OpsApi => ({
  get: (path, schema) => api.ask(`/v1/ops/${path}`, schema),
  call: (method, path, schema, json) => {
    const asked: Asked = { method, timeoutMs: 60_000, ...(json === undefined ? {} : { json }) };
    return api.ask(`/v1/ops/${path}`, schema, asked);
  },
});
