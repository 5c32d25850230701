import { z } from 'zod';
import { falHosts, mayHaveKey } from './fal-hosts.js';

/** How an accepted request is found again: plain JSON, kept with the attempt. */
export const falHandleSchema = z.strictObject({
  endpoint: z.string().min(1).max(200),
  requestId: z.string().min(1).max(200),
  statusUrl: z.url(),
  responseUrl: z.url(),
  cancelUrl: z.url(),
});
export type FalHandle = z.output<typeof falHandleSchema>;

/** The answer to a submit; fal names the URLs, a webhook's submit may leave them out. */
export const submittedSchema = z.object({
  request_id: z.string().min(1).max(200),
  status_url: z.string().optional(),
  response_url: z.string().optional(),
  cancel_url: z.string().optional(),
  queue_position: z.number().nullish(),
});

/** Requests are asked for below owner and app alone, whatever path the endpoint has. */
export function handleFor(endpoint: string, requestId: string): FalHandle {
  const app = endpoint.split('/').slice(0, 2).join('/');
  const responseUrl = `${falHosts.queue}/${app}/requests/${encodeURIComponent(requestId)}`;
  return {
    endpoint,
    requestId,
    responseUrl,
    statusUrl: `${responseUrl}/status`,
    cancelUrl: `${responseUrl}/cancel`,
  };
}

/** The URLs as they were returned, where the key may be sent to them. */
export function handleOf(
  endpoint: string,
  answer: z.output<typeof submittedSchema>,
  origin?: string,
): FalHandle {
  const usual = handleFor(endpoint, answer.request_id);
  const kept = (url: string | undefined, instead: string): string =>
    url !== undefined && mayHaveKey(url, origin) ? url : instead;
  return {
    ...usual,
    statusUrl: kept(answer.status_url, usual.statusUrl),
    responseUrl: kept(answer.response_url, usual.responseUrl),
    cancelUrl: kept(answer.cancel_url, usual.cancelUrl),
  };
}
