import type { Job } from './job.js';
import type { World } from './world.js';

/** Owner and app only: that is all of the endpoint that fal keeps in a request's addresses. */
export function addressesOf(world: World, { endpoint, requestId }: Job): Record<string, string> {
  const path = `/${endpoint.split('/').slice(0, 2).join('/')}/requests/${requestId}`;
  return {
    request_id: requestId,
    response_url: world.queueUrl(path),
    status_url: world.queueUrl(`${path}/status`),
    cancel_url: world.queueUrl(`${path}/cancel`),
  };
}
