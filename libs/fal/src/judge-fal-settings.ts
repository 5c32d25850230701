import type { Settings } from '@image2model/contracts';
import type { FalEndpoint, SettingsFault } from './endpoints/fal-endpoint.js';
import { falEndpointOf, falEndpoints } from './endpoints/fal-endpoints.js';

/** What every endpoint takes, because it is kept or looked after here. */
const everywhere = ['endpoint', 'face_limit', 'quality_gate', 'extra'];

/** Why a batch may not be made with these settings, by path; empty when it may. */
export function judgeFalSettings(settings: Settings): SettingsFault[] {
  const endpoint = falEndpointOf(settings);
  if (endpoint === undefined) return [unknownEndpoint(settings.endpoint ?? '')];
  const strange = [...strangeSettings(endpoint, settings), ...strangeExtras(endpoint, settings.extra ?? {})];
  return strange.length > 0 ? strange : endpoint.faults(settings);
}

const unknownEndpoint = (given: string): SettingsFault => ({
  path: 'settings.endpoint',
  message: `must be one of ${falEndpoints.map(({ id }) => id).join(', ')}; got ${JSON.stringify(given.slice(0, 80))}`,
});

function strangeSettings({ id, accepts }: FalEndpoint, settings: Settings): SettingsFault[] {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return given
    .filter(([key]) => !everywhere.includes(key) && !accepts.includes(key))
    .map(([key]) => ({ path: `settings.${key}`, message: `is not known to ${id}` }));
}

/** Inputs that are known and still never passed on. */
const banned: Readonly<Record<string, string>> = {
  quad: 'makes FBX files: models are delivered as GLB',
  topology: 'is not passed on: models are delivered as triangles',
  output_format: 'is not passed on: models are delivered as GLB',
};

function strangeExtras({ id, extra }: FalEndpoint, given: Record<string, unknown>): SettingsFault[] {
  return Object.keys(given)
    .filter((key) => !extra.includes(key))
    .map((key) => ({
      path: `settings.extra.${key.slice(0, 80)}`,
      message:
        (Object.hasOwn(banned, key) ? banned[key] : undefined) ?? `is not known to ${id}${known(extra)}`,
    }));
}

const known = (extra: readonly string[]): string =>
  extra.length === 0 ? '' : `, which takes ${extra.join(', ')}`;
