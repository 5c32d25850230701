import { Failure } from '@image2model/contracts';
import { z } from 'zod';
import type { ListedRequest } from './fal-api.js';
import { falHosts } from './fal-hosts.js';
import { jsonOf } from './fal-fetch.js';

const pageSchema = z.object({
  items: z.array(
    z.object({
      request_id: z.string().min(1).max(200),
      json_input: z.unknown().optional(),
      sent_at: z.string().nullish().catch(null),
    }),
  ),
  next_cursor: z.string().min(1).nullish(),
  has_more: z.boolean().nullish(),
});
type Item = z.output<typeof pageSchema>['items'][number];

/** More pages than a window of minutes can have: a cursor that leads in a circle ends here. */
const mostPages = 1_000;

interface Window {
  endpoint: string;
  fromMs: number;
  toMs: number;
}

/** Reads all pages of the listing. @throws Failure `transient.listing` for an answer that cannot be read */
export async function listRequests(
  get: (url: string) => Promise<string>,
  window: Window,
): Promise<ListedRequest[]> {
  const found: ListedRequest[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = pageSchema.safeParse(jsonOf(await get(pageUrl(window, cursor))));
    if (!answer.success) throw unreadable('cannot be read');
    found.push(...answer.data.items.map(listed));
    const next = answer.data.next_cursor ?? undefined;
    if (next === undefined || answer.data.has_more === false) return found;
    if (next === cursor) break;
    cursor = next;
  }
  throw unreadable('has no end');
}

const unreadable = (why: string): Failure =>
  new Failure('transient', `The provider's listing ${why}.`, { code: 'transient.listing' });

function pageUrl({ endpoint, fromMs, toMs }: Window, cursor: string | undefined): string {
  const query = new URLSearchParams({
    endpoint_id: endpoint,
    start: new Date(fromMs).toISOString(),
    end: new Date(toMs).toISOString(),
    ...(cursor === undefined ? {} : { cursor }),
  });
  return `${falHosts.api}/v1/models/requests/by-endpoint?${query.toString()}`;
}

function listed({ request_id, json_input, sent_at }: Item): ListedRequest {
  const sentAtMs = Date.parse(sent_at ?? '');
  return {
    requestId: request_id,
    imageUrls: [...urlsIn(typeof json_input === 'string' ? (jsonOf(json_input) ?? json_input) : json_input)],
    sentAtMs: Number.isNaN(sentAtMs) ? null : sentAtMs,
  };
}

/** Every web address in an input, whatever the field is called. */
function urlsIn(input: unknown): Set<string> {
  const found = new Set<string>();
  const open: unknown[] = [input];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string') {
      if (/^https?:\/\//.test(value)) found.add(value);
    } else if (typeof value === 'object' && value !== null)
      open.push(...Object.values(value).filter((inner) => inner !== undefined));
  }
  return found;
}
