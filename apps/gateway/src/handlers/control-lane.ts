import { laneSchema, lanes, operatorNoteSchema, type Lane, type OpsLane } from '@image2model/contracts';
import type { Progress } from '@image2model/progress';
import { defineRoute, type ApiRequest, type Route } from '../domain/route.js';
import { unknownName } from '../domain/unknown-name.js';
import { parseRequest } from '../domain/zod-problem.js';
import { audit, byOperator, type AuditingParts } from './audit-operator.js';
import { readLanes, type LaneReading } from './read-lanes.js';
import { readOptionalJson } from './read-optional-json.js';

interface Parts extends AuditingParts, LaneReading {
  orders: Pick<Progress['orders'], 'pausedLanes' | 'pauseLane' | 'resumeLane'>;
}

/** The lanes, what waits in them, and who stopped them. */
export const listLanes = (parts: LaneReading): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/lanes',
    async handle() {
      return { status: 200, json: { data: await readLanes(parts), next_cursor: null } };
    },
  });

/** Nothing of the lane is handed out or begun until it is resumed; what is in work goes on. Idempotent. */
export const pauseLane = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/lanes/{lane}/pause',
    async handle(request) {
      const lane = laneOf(request);
      const asked = parseRequest(operatorNoteSchema, await readOptionalJson(request));
      const before = (await parts.orders.pausedLanes()).get(lane);
      if (before === undefined || (asked.detail ?? before.detail) !== before.detail) {
        const detail = asked.detail ?? 'paused by an operator';
        await parts.orders.pauseLane(lane, { detail, by: byOperator(request.caller) });
        const message = `lane ${lane} is paused: ${detail}`;
        await audit(parts, request, { event: 'lane.paused', message, details: { lane, detail } });
      }
      return { status: 200, json: await show(parts, lane) };
    },
  });

/** Idempotent. */
export const resumeLane = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/lanes/{lane}/resume',
    async handle(request) {
      const lane = laneOf(request);
      if (await parts.orders.resumeLane(lane))
        await audit(parts, request, {
          event: 'lane.resumed',
          message: `lane ${lane} is resumed`,
          details: { lane },
        });
      return { status: 200, json: await show(parts, lane) };
    },
  });

function laneOf({ params }: ApiRequest): Lane {
  const lane = laneSchema.safeParse(params['lane']);
  if (!lane.success) throw unknownName('lane', params['lane'] ?? '', lanes);
  return lane.data;
}

const show = async (parts: LaneReading, lane: Lane): Promise<OpsLane | undefined> =>
  (await readLanes(parts)).find((one) => one.lane === lane);
