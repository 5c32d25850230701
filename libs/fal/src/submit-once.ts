import { Failure } from '@image2model/contracts';
import type { SubmitAnswer } from './fal-api.js';
import { handleOf, submittedSchema } from './fal-handle.js';
import { falHosts, routeFalUrl } from './fal-hosts.js';
import { jsonOf } from './fal-fetch.js';
import { failureOfAnswer } from './failure-of-answer.js';
import { networkCode } from './network-failure.js';
import { singlePost, type PostEnd, type SinglePost } from './single-post.js';

interface Submit {
  key: string;
  origin?: string | undefined;
  limitMs: number;
  endpoint: string;
  input: Record<string, unknown>;
  webhookUrl?: string | undefined;
}

/** The paid submit: one POST, and what its end proves. Never throws. */
export async function submitOnce(submit: Submit): Promise<SubmitAnswer> {
  try {
    return judge(submit, await singlePost(postOf(submit)));
  } catch (cause) {
    const failure = new Failure('unexpected', 'The submit cannot be written.', { cause });
    return { outcome: 'refused', failure };
  }
}

function postOf({ key, origin, limitMs, endpoint, input, webhookUrl }: Submit): SinglePost {
  const query = webhookUrl === undefined ? '' : `?fal_webhook=${encodeURIComponent(webhookUrl)}`;
  return {
    url: routeFalUrl(`${falHosts.queue}/${endpoint}${query}`, origin),
    headers: {
      Authorization: `Key ${key}`,
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'User-Agent': 'image2model',
    },
    body: JSON.stringify(input),
    limitMs,
  };
}

function judge({ endpoint, origin }: Submit, post: PostEnd): SubmitAnswer {
  if (post.end === 'lost') return post.sent ? lost(post.error) : notSent(post.error);
  const { status, headers, text } = post;
  if (status >= 400 && status < 500 && status !== 408) {
    const get = (name: string): string | null => headers[name]?.toString() ?? null;
    const answer = { status, headers: { get }, body: jsonOf(text) };
    return { outcome: 'refused', failure: failureOfAnswer('submit', answer, Date.now()) };
  }
  const submitted = submittedSchema.safeParse(jsonOf(text));
  if (status < 200 || status >= 300 || !submitted.success) return unclear(status);
  const position = submitted.data.queue_position ?? null;
  return { outcome: 'accepted', handle: handleOf(endpoint, submitted.data, origin), position };
}

const unknown = (message: string, cause?: unknown): SubmitAnswer => ({
  outcome: 'unknown',
  failure: new Failure('ambiguous', message, cause === undefined ? {} : { cause }),
});

const lost = (error: unknown): SubmitAnswer =>
  unknown(`The answer to the submit was lost${codeText(error)}: the provider may have accepted it.`, error);

const unclear = (status: number): SubmitAnswer =>
  unknown(`The provider answered the submit with an unclear ${status}: it may have accepted it.`);

const notSent = (error: unknown): SubmitAnswer => ({
  outcome: 'refused',
  failure: new Failure('transient', `The provider cannot be reached${codeText(error)}.`, {
    code: 'transient.submit',
    cause: error,
  }),
});

function codeText(error: unknown): string {
  const code = networkCode(error);
  return code === '' ? '' : ` (${code})`;
}
