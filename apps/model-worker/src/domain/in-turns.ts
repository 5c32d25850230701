import { lanes, laneWeights, type Lane } from '@image2model/contracts';

interface Turns {
  lane: Lane;
  tenant: string;
}

/**
 * Whose turn it is among files that wait: each lane in proportion to its weight, in a lane one tenant after the other,
 * of a tenant the file that came first.
 * @param most how many are wanted
 */
export function inTurns<T extends Turns>(entries: readonly T[], most: number): T[] {
  const rows = lanes.map((lane) => ({
    lane,
    entries: byTenant(entries.filter((entry) => entry.lane === lane)),
  }));
  const ordered: T[] = [];
  while (ordered.length < most && rows.some((row) => row.entries.length > 0))
    for (const { lane, entries: row } of rows) ordered.push(...row.splice(0, laneWeights[lane]));
  return ordered.slice(0, most);
}

function byTenant<T extends Turns>(entries: readonly T[]): T[] {
  const places = new Map<string, number>();
  return entries
    .map((entry) => {
      const place = places.get(entry.tenant) ?? 0;
      places.set(entry.tenant, place + 1);
      return { entry, place };
    })
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}
