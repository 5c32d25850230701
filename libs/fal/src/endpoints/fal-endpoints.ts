import type { FalEndpoint } from './fal-endpoint.js';
import { hunyuan2, hunyuan21 } from './hunyuan.js';
import { meshy } from './meshy.js';
import { trellis } from './trellis.js';
import { tripo } from './tripo.js';
import { triposr } from './triposr.js';

/** Every endpoint that batches may name. */
export const falEndpoints: readonly FalEndpoint[] = [tripo, trellis, hunyuan2, hunyuan21, meshy, triposr];

/** Of batches that name none. */
export const defaultFalEndpoint = 'tripo3d/tripo/v2.5/image-to-3d';

/** @returns undefined for an endpoint that is not known here */
export const falEndpointOf = (settings: { endpoint?: string | undefined }): FalEndpoint | undefined =>
  falEndpoints.find(({ id }) => id === (settings.endpoint ?? defaultFalEndpoint));
