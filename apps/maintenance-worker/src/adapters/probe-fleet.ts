import type { ServiceName } from '@image2model/contracts';
import type { Fleet, HeartbeatRecord, Orders } from '@image2model/progress';
import type { FleetFacts, ServiceFacts } from '../domain/health-facts.js';

/** Who lives, by heartbeat, and what operators stopped. */
export async function probeFleet(
  fleet: Pick<Fleet, 'heartbeats'>,
  orders: Pick<Orders, 'pausedLanes'>,
): Promise<FleetFacts> {
  const [beats, paused] = await Promise.all([fleet.heartbeats(), orders.pausedLanes()]);
  return {
    services: {
      gateway: factsOf('gateway', beats),
      'batch-orchestrator': factsOf('batch-orchestrator', beats),
      'model-worker': factsOf('model-worker', beats),
      'maintenance-worker': factsOf('maintenance-worker', beats),
      'alert-service': factsOf('alert-service', beats),
    } satisfies Record<ServiceName, ServiceFacts>,
    worstClock: worstOf(beats),
    pausedLanes: [...paused.keys()],
  };
}

function factsOf(service: ServiceName, beats: readonly HeartbeatRecord[]): ServiceFacts {
  const own = beats.filter((beat) => beat.service === service);
  // `recycling` and `draining` come back by themselves within seconds
  return { live: own.length, drained: own.filter(({ report }) => report.state === 'drained').length };
}

function worstOf(beats: readonly HeartbeatRecord[]): FleetFacts['worstClock'] {
  const skews = beats.map(({ instance, report }) => ({ instance, skewMs: report.clockSkewMs }));
  return skews.reduce<FleetFacts['worstClock']>(
    (worst, next) => (Math.abs(next.skewMs) > Math.abs(worst?.skewMs ?? 0) ? next : worst),
    null,
  );
}
