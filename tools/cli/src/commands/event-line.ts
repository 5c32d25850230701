import { eventDataSchemas } from '@image2model/contracts';
import { between, grouped } from '../output/format.js';
import { inert } from '../output/text-width.js';

/** An event of a batch as a line; null for what needs none. */
export function eventLine(event: string, data: unknown): string | null {
  switch (event) {
    case 'file.started':
    case 'file.cancelled': {
      const heard = eventDataSchemas[event].safeParse(data);
      return heard.success
        ? `file ${heard.data.idx} ${event === 'file.started' ? 'started' : 'cancelled'}`
        : null;
    }
    case 'file.completed': {
      const heard = eventDataSchemas[event].safeParse(data);
      if (!heard.success) return null;
      const { idx, model } = heard.data;
      return `file ${idx} completed${model === null ? '' : `, ${grouped(model.faces)} faces`}`;
    }
    case 'file.failed': {
      const heard = eventDataSchemas[event].safeParse(data);
      return heard.success
        ? `file ${heard.data.idx} failed: ${inert(heard.data.error?.message ?? 'for no known reason')}`
        : null;
    }
    case 'batch.progress': {
      const heard = eventDataSchemas[event].safeParse(data);
      return heard.success ? progressLine(heard.data) : null;
    }
    default:
      return null;
  }
}

function progressLine({
  status,
  counts,
  progress,
  eta_seconds,
  hold,
}: (typeof eventDataSchemas)['batch.progress']['_zod']['output']): string {
  const eta = between(eta_seconds);
  const held = hold === null ? '' : ` · held: ${inert(hold.detail)}`;
  return `${status} ${Math.round(progress)} %: ${grouped(counts.completed)} completed, ${counts.running} running, ${counts.failed} failed${held}${eta === '' ? '' : ` · ${eta} to go`}`;
}
