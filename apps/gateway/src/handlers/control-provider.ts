import { pauseProviderSchema, usdOf, type ProviderView } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { isoTime, isoTimeOrNull } from '../domain/batch-view.js';
import type { ProviderState } from '../domain/provider-state.js';
import { defineRoute, type ApiReply, type ApiRequest, type Route } from '../domain/route.js';
import { unknownName } from '../domain/unknown-name.js';
import { parseRequest } from '../domain/zod-problem.js';
import { audit, type AuditingParts } from './audit-operator.js';
import type { GovernedProvider, Governors } from './read-governors.js';
import { readOptionalJson } from './read-optional-json.js';

export interface ProviderReading {
  governors: Governors;
  spend: Pick<Progress['spend'], 'today'>;
}
interface Parts extends ProviderReading, AuditingParts {}

/** The paid providers and how much of them is used. */
export const listProviders = (parts: ProviderReading): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/providers',
    async handle({ caller }) {
      parts.governors.forget();
      return { status: 200, json: { data: await providerViews(parts, caller.tenant), next_cursor: null } };
    },
  });

/** @param tenant whose money of today is shown */
export async function providerViews(
  { governors, spend }: ProviderReading,
  tenant: string,
): Promise<ProviderView[]> {
  const [states, day] = await Promise.all([governors.states(), spend.today(tenant)]);
  return [...states].map(([name, state]) => providerView(name, state, day, Date.now()));
}

/** The switch that stops all spending at a provider: nothing new is sent, whoever's batch it is. Idempotent. */
export const pauseProvider = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/providers/{provider}/pause',
    async handle(request) {
      const { name, provider } = await providerOf(parts.governors, request);
      const asked = parseRequest(pauseProviderSchema, await readOptionalJson(request));
      const detail = asked.detail ?? 'paused by an operator';
      const { first } = await provider.park({ code: 'provider_paused', detail });
      const message = `provider ${name} is paused: ${detail}`;
      const details = { provider: name, code: 'provider_paused', detail };
      await audit(parts, request, { ...(first ? { event: 'provider.parked' } : {}), message, details });
      return show(parts, request, name);
    },
  });

/** Lets a provider be used again, whatever it was parked for; a trouble that is still there parks it anew. Idempotent. */
export const resumeProvider = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/providers/{provider}/resume',
    async handle(request) {
      const { name, provider } = await providerOf(parts.governors, request);
      const { was } = await provider.resume();
      const message = `provider ${name} is resumed`;
      const details = { provider: name };
      await audit(parts, request, { ...(was ? { event: 'provider.resumed' } : {}), message, details });
      return show(parts, request, name);
    },
  });

/** @throws HttpProblem 404 that names the governed ones */
async function providerOf(
  governors: Governors,
  { params }: ApiRequest,
): Promise<{ name: string; provider: GovernedProvider }> {
  const name = params['provider'] ?? '';
  const provider = governors.get(name);
  if (provider === undefined) throw unknownName('paid provider', name, (await governors.states()).keys());
  return { name, provider };
}

async function show(parts: ProviderReading, { caller }: ApiRequest, name: string): Promise<ApiReply> {
  parts.governors.forget();
  const all = await providerViews(parts, caller.tenant);
  return { status: 200, json: all.find(({ provider }) => provider === name) };
}

function providerView(
  provider: string,
  state: ProviderState,
  { spentMicro }: { spentMicro: number },
  nowMs: number,
): ProviderView {
  const { limit, permitted, inUse, waiting, parked, stoppedUntilMs } = state;
  const stopped = stoppedUntilMs > nowMs ? stoppedUntilMs : null;
  return {
    provider,
    parked:
      parked === null ? null : { code: parked.code, detail: parked.detail, since: isoTime(parked.sinceMs) },
    stopped_until: isoTimeOrNull(stopped),
    limit,
    permitted,
    in_use: inUse,
    waiting,
    spent_today_usd: usdOf(spentMicro),
  };
}
