import { pauseProviderSchema, usdOf, type ProviderList, type ProviderView } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import { isoTime, isoTimeOrNull } from '../domain/batch-view.js';
import { notFound } from '../domain/http-problem.js';
import type { ProviderState } from '../domain/provider-state.js';
import { defineRoute, type ApiReply, type ApiRequest, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import type { GovernedProvider, Governors } from './read-governors.js';
import { readOptionalJson } from './read-optional-json.js';

interface Parts {
  governors: Governors;
  spend: Pick<Progress['spend'], 'today'>;
  logger: Logger;
}

/** The paid providers and how much of them is used. */
export const listProviders = ({ governors, spend }: Pick<Parts, 'governors' | 'spend'>): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/providers',
    async handle({ caller }) {
      governors.forget();
      const [states, day] = await Promise.all([governors.states(), spend.today(caller.tenant)]);
      const list: ProviderList = {
        data: [...states].map(([name, state]) => providerView(name, state, day, Date.now())),
        next_cursor: null,
      };
      return { status: 200, json: list };
    },
  });

/** The switch that stops all spending at a provider: nothing new is sent, whoever's batch it is. Idempotent. */
export const pauseProvider = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/providers/{provider}/pause',
    async handle(request) {
      const provider = providerOf(parts.governors, request);
      const asked = parseRequest(pauseProviderSchema, await readOptionalJson(request));
      const detail = asked.detail ?? 'paused by an operator';
      const { first } = await provider.park({ code: 'provider_paused', detail });
      audit(parts, request, 'a provider was paused', { first, detail });
      return show(parts, request);
    },
  });

/** Lets a provider be used again, whatever it was parked for; a trouble that is still there parks it anew. Idempotent. */
export const resumeProvider = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/providers/{provider}/resume',
    async handle(request) {
      const { was } = await providerOf(parts.governors, request).resume();
      audit(parts, request, 'a provider was resumed', { was });
      return show(parts, request);
    },
  });

function providerOf(governors: Governors, { params }: ApiRequest): GovernedProvider {
  const provider = governors.get(params['provider'] ?? '');
  if (provider === undefined) throw notFound();
  return provider;
}

/** Who stopped the money, and who let it go on, stands in the log. */
function audit(
  { governors, logger }: Parts,
  { params, caller }: ApiRequest,
  what: string,
  meta: Record<string, unknown>,
): void {
  governors.forget();
  logger.warn(what, { provider: params['provider'], tenant: caller.tenant, keyId: caller.keyId, ...meta });
}

async function show({ governors, spend }: Parts, request: ApiRequest): Promise<ApiReply> {
  const name = request.params['provider'] ?? '';
  const state = (await governors.states()).get(name);
  if (state === undefined) throw notFound();
  const day = await spend.today(request.caller.tenant);
  return { status: 200, json: providerView(name, state, day, Date.now()) };
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
