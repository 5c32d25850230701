import { unsampled } from '@image2model/service-kit';

/** Files of one batch that its trace shows; a trace with a span for each of 100,000 files helps nobody. */
const tracedFiles = 200;

/** The trace that the message of a file belongs to: its batch's, not recorded for all but the first files. */
export function traceOfFile(ofBatch: string | undefined): (idx: number) => string | undefined {
  if (ofBatch === undefined) return () => undefined;
  const silent = unsampled(ofBatch);
  return (idx) => (idx < tracedFiles ? ofBatch : silent);
}
