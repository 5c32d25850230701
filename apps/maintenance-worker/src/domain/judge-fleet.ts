import { services, type ServiceName } from '@image2model/contracts';
import type { FleetFacts, HealthFacts } from './health-facts.js';
import { isDeserted } from './judge-servers.js';
import { critical, warning, type Reason } from './reason.js';

/** Leases and schedules of different machines disagree from here on, ms. */
const mostSkewMs = 5_000;

/** This process answers for its own service: its first heartbeat may come after its first check. */
const self: ServiceName = 'maintenance-worker';

/** Who lives, who takes work, and whose clock is wrong. */
export function judgeFleet({
  fleet,
  redis,
  rabbitmq,
  settling,
  sleeping,
}: Pick<HealthFacts, 'fleet' | 'redis' | 'rabbitmq' | 'settling' | 'sleeping'>): Reason[] {
  if (!fleet.ok) return redis.ok ? [critical('heartbeats', `Heartbeats cannot be read: ${fleet.error}`)] : [];
  const others = settling ? [] : services.filter((service) => service !== self);
  const awake = others.filter(
    (service) => !(sleeping.includes(service) && fleet.services[service].live === 0),
  );
  return [...awake.flatMap((service) => judgeService(service, fleet, rabbitmq)), ...judgeClocks(fleet)];
}

function judgeService(service: ServiceName, fleet: FleetFacts, rabbitmq: HealthFacts['rabbitmq']): Reason[] {
  const { live, drained } = fleet.services[service];
  if (live === 0)
    return [
      critical('service_missing', `No process of ${service} is alive: start one, its log says why it ended`),
    ];
  if (drained === live)
    return [
      warning(
        'service_drained',
        `All ${live} processes of ${service} were told to drain and take no work: resume one`,
      ),
    ];
  if (isDeserted(service, rabbitmq, fleet))
    return [
      critical(
        'service_missing',
        `No process of ${service} takes work from RabbitMQ: start one, or look at the log of those that run`,
      ),
    ];
  return [];
}

function judgeClocks({ worstClock }: FleetFacts): Reason[] {
  if (worstClock === null || Math.abs(worstClock.skewMs) <= mostSkewMs) return [];
  const { instance, skewMs } = worstClock;
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  return [
    warning(
      'clock_skew',
      `The clock of ${instance} is ${(Math.abs(skewMs) / 1_000).toFixed(1)} s ${direction} Redis's: let NTP set it`,
    ),
  ];
}
