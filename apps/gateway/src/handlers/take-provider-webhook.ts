import type { Broker } from '@image2model/broker';
import { fileOfIntent, generationNotified } from '@image2model/contracts';
import {
  openWebhookToken,
  type WebhookCall,
  type WebhookVerdict,
  type WebhookVerifier,
} from '@image2model/fal';
import type { Fleet } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { z } from 'zod';
import { HttpProblem, invalidRequest, notFound, unavailable } from '../domain/http-problem.js';
import { defineRoute, type ApiReply, type ApiRequest, type Route } from '../domain/route.js';
import { invalidParts } from '../domain/zod-problem.js';

interface Parts {
  /** the key whose intents are called back */
  falKey: string;
  verifier: WebhookVerifier;
  broker: Pick<Broker, 'publish' | 'state'>;
  fleet: Pick<Fleet, 'claimEffect' | 'effectDone' | 'releaseEffect'>;
  logger: Logger;
}

const mostBytes = 1024 * 1024;
/** A publish takes less; a process that dies in one keeps the provider's next try out for so long. */
const underWayMs = 10_000;
/** The provider has given up by then. */
const rememberedS = 3 * 3_600;

/** What is read of a call; all else of it is asked for again. */
const callSchema = z.object({
  request_id: z.string().min(1).max(200),
  gateway_request_id: z.string().max(200).nullish(),
  status: z.enum(['OK', 'ERROR']),
});

/**
 * The provider calls back about an intent. Answers as soon as a worker is told to look: what the call says of the
 * generation is not trusted. A call that cannot be passed on now answers 503, and the provider tries again.
 */
export const takeProviderWebhook = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/provider-webhooks/fal/{intent}',
    open: true,
    async handle(request) {
      const intent = openWebhookToken(parts.falKey, request.params['intent'] ?? '');
      const file = intent === null ? null : fileOfIntent(intent);
      if (intent === null || file === null) throw notFound();
      request.note({ batchId: file.batchId, intent });
      const body = await request.body.raw(mostBytes);
      const problem = problems[await parts.verifier.verify(callOf(request, body))];
      if (problem !== null) throw problem();
      const { request_id: requestId } = parseCall(body);
      await notifyOnce(parts, intent, requestId);
      return received;
    },
  });

const received: ApiReply = { status: 200, json: { received: true } };

const callOf = ({ header }: ApiRequest, body: Uint8Array): WebhookCall => ({
  requestId: header('x-fal-webhook-request-id'),
  userId: header('x-fal-webhook-user-id'),
  timestamp: header('x-fal-webhook-timestamp'),
  signature: header('x-fal-webhook-signature'),
  body,
});

const refused = (code: string, detail: string) => (): HttpProblem => new HttpProblem(401, code, detail);
const problems: Readonly<Record<WebhookVerdict, (() => HttpProblem) | null>> = {
  good: null,
  unsigned: refused(
    'webhook_unsigned',
    'The headers X-Fal-Webhook-Request-Id, -User-Id, -Timestamp (seconds) and -Signature (hex) are needed.',
  ),
  stale: refused('webhook_stale', 'X-Fal-Webhook-Timestamp is more than 300 seconds away from now.'),
  wrong_signature: refused(
    'webhook_wrong_signature',
    'X-Fal-Webhook-Signature was not made by a key of the provider over these headers and this body.',
  ),
  unavailable: () => unavailable("The provider's keys cannot be read now; try again.", 30),
};

/** @throws HttpProblem 400 naming what is wrong */
function parseCall(body: Buffer): z.output<typeof callSchema> {
  const parsed = callSchema.safeParse(jsonOf(body), { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidRequest(invalidParts(parsed.error.issues), 400);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new HttpProblem(400, 'invalid_json', 'The body is not valid JSON.', { cause });
  }
}

const cannotPass = (cause?: unknown): HttpProblem =>
  unavailable('The call cannot be passed on now; try again.', 5, cause);

/** The provider sends a call again when its answer was lost: workers hear of it once. */
async function notifyOnce(
  { broker, fleet, logger }: Parts,
  intent: string,
  requestId: string,
): Promise<void> {
  if (!broker.state.connected || broker.state.blocked) throw cannotPass();
  const effect = `fal-webhook:${intent}:${requestId}`;
  if (!(await fleet.claimEffect(effect, underWayMs))) return;
  const { batchId, idx: fileIdx } = fileOfIntent(intent) ?? {};
  try {
    const payload = { provider: 'fal', intent, requestId };
    await broker.publish(generationNotified, {
      id: `notified:${intent}:${requestId}`,
      batchId,
      fileIdx,
      payload,
    });
  } catch (error) {
    await fleet.releaseEffect(effect).catch(() => undefined); // ends by itself
    throw cannotPass(error);
  }
  await fleet
    .effectDone(effect, rememberedS)
    .catch((error: unknown) => logger.warn('a webhook may be passed on twice', { batchId, intent, error }));
}
