import { z } from 'zod';
import { errorSchema, modelSchema } from './batch-records.js';
import type { Fact } from './types.js';

const completion = z.object({
  run: z.number(),
  status: z.string(),
  total: z.number(),
  completed: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  finishedAt: z.number(),
});

const parsed = <T>(schema: z.ZodType<T>, text: string | undefined): T | null =>
  text === undefined || text === '' ? null : schema.parse(JSON.parse(text));

/** A stream entry in the words of the HTTP contract. Fields: t type, i idx, d detail (JSON). */
export function parseFact(id: string, fields: readonly string[]): Fact {
  const map = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) map.set(fields[at] ?? '', fields[at + 1] ?? '');
  const idx = Number(map.get('i'));
  const detail = map.get('d');
  switch (map.get('t')) {
    case 'R':
      return { id, event: 'file.started', data: { idx, status: 'running' } };
    case 'S': {
      const model = parsed(modelSchema, detail);
      const shown =
        model === null
          ? null
          : { bytes: model.bytes, sha256: model.sha256, faces: model.faces, vertices: model.vertices };
      return { id, event: 'file.completed', data: { idx, status: 'completed', model: shown } };
    }
    case 'F':
      return {
        id,
        event: 'file.failed',
        data: { idx, status: 'failed', error: parsed(errorSchema, detail) },
      };
    case 'X':
      return { id, event: 'file.cancelled', data: { idx, status: 'cancelled' } };
    case 'B': {
      const { finishedAt, ...body } = completion.parse(JSON.parse(detail ?? 'null'));
      return {
        id,
        event: 'batch.completed',
        data: { ...body, finished_at: new Date(finishedAt).toISOString() },
      };
    }
    default:
      throw new Error(`stream entry ${id} has the unknown type ${String(map.get('t'))}`);
  }
}
